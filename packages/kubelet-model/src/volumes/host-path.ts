import { ContainerFiles } from '../files/container-files.ts'
import type { DirectoryEntry, FileNode } from '../files/file-tree.ts'
import { PathWalker } from '../files/path-walker.ts'
import { MountError } from './mount-error.ts'
import type { VolumePlugin } from './mounted-volume.ts'
import type { NodeDisk } from './node-disk.ts'

/**
 * Files and directories of the node itself. Sockets and devices are not modelled: no node has any.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/hostpath/host_path.go
 */
export function hostPathPlugin(disk: NodeDisk, now: () => number): VolumePlugin {
  return {
    supports: ({ hostPath }) => hostPath !== undefined,
    setUp: ({ volume: { hostPath } }) => {
      const { path = '', type = '' } = hostPath ?? {}
      const find = () => checked(disk.root, path, type, now)
      // Only what is to be checked needs the machine's files at once.
      let node = type === '' ? undefined : find()
      return {
        root: () => {
          node ??= find()
          return node
        },
      }
    },
  }
}

/** What is at a path of the machine, made where the type allows it. Throws a MountError where it is something else. */
export function checked(root: DirectoryEntry, path: string, type: string, now: () => number): FileNode {
  const failed = (what: string) => new MountError(`hostPath type check failed: ${path} is not ${what}`)
  const files = new ContainerFiles({ root, mounts: [], now })
  const found = files.stat(path)
  // Without a type, the runtime makes a directory of what is not there.
  const makesDirectory = type === '' || type === 'DirectoryOrCreate'
  if (found === undefined && makesDirectory) files.makeDirectory(path, { parents: true })
  if (found === undefined && type === 'FileOrCreate') makeFile(files, path)
  const kind = files.stat(path)?.kind
  switch (type) {
    case '':
      break
    case 'Directory':
    case 'DirectoryOrCreate':
      if (kind !== 'directory') throw failed('a directory')
      break
    case 'File':
    case 'FileOrCreate':
      if (kind !== 'file') throw failed('a file')
      break
    case 'Socket':
      throw failed('a socket file')
    case 'CharDevice':
      throw failed('a character device')
    case 'BlockDevice':
      throw failed('a block device')
    default:
      throw new MountError(`${type} is an invalid volume type`)
  }
  const { node } = new PathWalker(root, [], false).find(path, { follow: true })
  if (node === undefined) throw new MountError(`hostPath ${path} is not there`)
  return node
}

/** Fails as the node does where the directory is missing. */
function makeFile(files: ContainerFiles, path: string): void {
  const directory = path.slice(0, path.lastIndexOf('/')) || '/'
  if (!files.exists(directory)) throw new MountError(`open ${path}: no such file or directory`)
  files.write(path, '')
}
