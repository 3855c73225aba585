import { FileError } from '../../files/file-error.ts'
import { inside } from './glob-files.ts'
import { ByteInput, type Input, inputOf, type Output } from './streams.ts'
import type { World } from './world.ts'

/** The descriptors that a device file may lead to. */
export interface Descriptors {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
}

const nothing: Output = { write: () => {} }
const piece = 4096
/** A container that fills its disk is stopped somewhere. */
const largestFile = 64 * 1024 * 1024
const checkEvery = 4 * 1024 * 1024

/** True for a file that is none: a device, or an output of the first process. */
export function isDevice(path: string): boolean {
  return /^\/dev\/(null|zero|full|u?random|tty|stdin|stdout|stderr|fd\/[012])$|^\/proc\/(1|self)\/fd\/[012]$/.test(path)
}

/** Opens a file or a device for reading. Throws a FileError. */
export function openInput(path: string, cwd: string, world: World, own: Descriptors): Input {
  const full = inside(cwd, path)
  if (!isDevice(full)) return path === '' ? missing(path) : inputOf(world.files.readBytes(full))
  if (full === '/dev/null') return inputOf('')
  if (full === '/dev/zero') return new ByteInput(async () => new Uint8Array(piece))
  if (/random$/.test(full)) {
    // Not random at all: the same container gives the same bytes.
    let state = 0x2545f491 ^ world.pod.uid.length
    return new ByteInput(async () =>
      Uint8Array.from({ length: piece }, () => {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        return state & 255
      }),
    )
  }
  if (/stdin$|\/0$/.test(full)) return own.stdin
  throw new FileError('EINVAL', path)
}

/** Opens a file or a device for writing. Throws a FileError. */
export function openOutput(path: string, append: boolean, cwd: string, world: World, own: Descriptors): Output {
  const full = inside(cwd, path)
  if (!isDevice(full)) return openFile(path, full, append, world)
  if (/null$|zero$|random$/.test(full)) return nothing
  if (full.startsWith('/proc/1/')) return world.log
  if (/stdout$|\/1$|tty$/.test(full)) return own.stdout
  if (/stderr$|\/2$/.test(full)) return own.stderr
  if (/full$/.test(full)) throw new FileError('ENOSPC', path)
  throw new FileError('EINVAL', path)
}

function openFile(path: string, full: string, append: boolean, { files }: World): Output {
  if (path === '') missing(path)
  files.write(full, '', { append })
  let sinceCheck = 0
  return {
    write: (data) => {
      sinceCheck += data.length
      if (sinceCheck > checkEvery) {
        sinceCheck = 0
        if ((files.stat(full)?.size ?? 0) > largestFile) throw new FileError('ENOSPC', path)
      }
      files.write(full, data, { append: true })
    },
  }
}

function missing(path: string): never {
  throw new FileError('ENOENT', path)
}
