import type { Container, VolumeMount } from '@kube-bonsai/api-types/core/v1'
import { ContainerFiles, type ContainerMount } from '../files/container-files.ts'
import { FileError } from '../files/file-error.ts'
import type { DirectoryEntry, FileNode } from '../files/file-tree.ts'
import { PathWalker } from '../files/path-walker.ts'
import { ContainerConfigError, expand } from '../pod/resolve-env.ts'
import type { MountedVolume } from './mounted-volume.ts'

/** A volume at a path of a container; what it holds is made when somebody looks. */
export class VolumeMountPoint implements ContainerMount {
  readonly name: string
  readonly path: string
  readonly readOnly: boolean
  readonly #volume: MountedVolume
  #node: FileNode | undefined

  /** @param node what is mounted of the volume; all of it when absent */
  constructor({ name, mountPath, readOnly }: VolumeMount, volume: MountedVolume, node?: FileNode) {
    this.name = name
    this.path = mountPath
    this.readOnly = readOnly === true || volume.readOnly === true
    this.#volume = volume
    this.#node = node
  }

  get isMade(): boolean {
    return this.#node !== undefined
  }

  get node(): FileNode {
    this.#node ??= this.#volume.root()
    return this.#node
  }
}

/** What the mounts of a container are made with. */
export interface MountSources {
  readonly env: Readonly<Record<string, string>>
  readonly now: () => number
  volume(name: string): MountedVolume | undefined
}

/**
 * Where a container sees the volumes of its pod, but for images. Throws a ContainerConfigError for a sub-path that cannot be.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go makeMounts
 */
export function containerMounts(container: Container, sources: MountSources): readonly ContainerMount[] {
  return (container.volumeMounts ?? []).flatMap((mount): ContainerMount | readonly ContainerMount[] => {
    const { name } = mount
    const volume = sources.volume(name)
    if (volume === undefined) {
      throw new ContainerConfigError(`cannot find volume "${name}" to mount into container "${container.name}"`)
    }
    const subPath = subPathOf(mount, sources.env)
    if (volume.image !== undefined) return []
    if (subPath === '') return new VolumeMountPoint(mount, volume)
    return new VolumeMountPoint(mount, volume, within(volume.root(), subPath, mount, container, sources.now))
  })
}

/** The sub-path that a mount asks for, variables filled in; empty when it wants all. */
export function subPathOf({ subPath = '', subPathExpr = '' }: VolumeMount, env: MountSources['env']): string {
  const wanted = subPathExpr === '' ? subPath : expandStrictly(subPathExpr, env)
  if (wanted.startsWith('/')) throw new ContainerConfigError(`error SubPath \`${wanted}\` must not be an absolute path`)
  if (wanted.split('/').includes('..')) {
    throw new ContainerConfigError(`unable to provision SubPath \`${wanted}\`: must not contain '..'`)
  }
  return wanted
}

/** Unlike in commands, every variable must be there. */
function expandStrictly(text: string, env: MountSources['env']): string {
  const names = [...text.matchAll(/\$\$|\$\(([^)]*)\)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  const missing = new Set(names.filter((name) => !Object.hasOwn(env, name) || env[name] === ''))
  if (missing.size > 0) throw new ContainerConfigError(`missing value for ${[...missing].sort().join(', ')}`)
  return expand(text, env)
}

/** What a sub-path names in a volume; a directory is made where nothing is. */
function within(
  root: FileNode,
  subPath: string,
  { name }: VolumeMount,
  container: Container,
  now: () => number,
): FileNode {
  const failed = (what: string) =>
    new ContainerConfigError(`failed to ${what} for volumeMount "${name}" of container "${container.name}"`)
  if (root.kind !== 'directory') throw failed('prepare subPath')
  try {
    const files = new ContainerFiles({ root, mounts: [], now })
    if (!files.exists(subPath)) files.makeDirectory(subPath, { parents: true, mode: root.mode & 0o777 })
    return found(root, subPath) ?? root
  } catch (error) {
    if (error instanceof FileError) throw failed('create subPath directory')
    throw error
  }
}

function found(root: DirectoryEntry, path: string): FileNode | undefined {
  return new PathWalker(root, [], false).find(path, { follow: true }).node
}
