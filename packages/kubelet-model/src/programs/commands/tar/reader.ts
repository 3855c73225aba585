import { CommandError } from '../../shell/shell-error.ts'
import { type Input, joinBytes } from '../../shell/streams.ts'
import type { Task } from '../../shell/task.ts'
import { blockSize, type RawHeader, readBlock, type TarHeader } from './header.ts'

/** A file of an archive. Its content must be read before the next one is asked for, or is passed over. */
export interface TarEntry extends TarHeader {
  content(): Promise<Uint8Array>
}

const largest = 256 * 1024 * 1024
const bytesPerStep = 4096
const kinds: Readonly<Record<string, TarHeader['kind']>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hardLink',
  '2': 'link',
  '5': 'directory',
}

/** Reads an archive piece by piece. Throws a CommandError for what is none. */
export class TarReader {
  readonly #input: Input
  readonly #task: Task

  constructor(input: Input, task: Task) {
    this.#input = input
    this.#task = task
  }

  async *entries(): AsyncGenerator<TarEntry> {
    let given: { readonly path?: string; readonly linkpath?: string; readonly size?: number } = {}
    for (let isFirst = true; ; isFirst = false) {
      const bytes = await this.#take(blockSize)
      if (bytes.length === 0 && isFirst) throw new CommandError('short read')
      if (bytes.length === 0) return
      if (bytes.length < blockSize) throw new CommandError('short read')
      const raw = readBlock(bytes)
      if (raw === undefined) return this.#drain()
      if ('LKxgN'.includes(raw.type)) {
        if (raw.size > 1024 * 1024) throw new CommandError('a name in the archive is too long')
        const content = (await this.#take(raw.size)).slice()
        await this.#skip(raw.size)
        given = { ...given, ...moreOf(raw.type, content) }
        continue
      }
      const size = given.size ?? raw.size
      yield* this.#entry({ ...raw, size, name: given.path ?? raw.name, target: given.linkpath ?? raw.target })
      given = {}
    }
  }

  async *#entry(raw: RawHeader): AsyncGenerator<TarEntry> {
    const isDirectory = raw.type === '5' || (raw.type === '0' && raw.name.endsWith('/'))
    const kind = isDirectory ? 'directory' : kinds[raw.type]
    const size = raw.type === '0' || raw.type === '7' ? raw.size : 0
    if (kind === undefined)
      throw new CommandError(`not modelled: ${raw.name} is of type ${JSON.stringify(raw.type)}`, 2)
    if (size > largest) throw new CommandError(`not modelled: ${raw.name} has more than ${largest} bytes`, 2)
    let isRead = false
    const { name, mode, modifiedAt, target } = raw
    const content = async () => {
      isRead = true
      const bytes = await this.#take(size)
      if (bytes.length < size) throw new CommandError('short read')
      return bytes
    }
    yield { name: name.replace(/(?<=.)\/+$/, ''), kind, mode, size, modifiedAt, target, content }
    if (!isRead) await this.#take(size)
    await this.#skip(size)
  }

  /** Passes over what fills up the last block. */
  async #skip(size: number): Promise<void> {
    await this.#take((blockSize - (size % blockSize)) % blockSize)
  }

  /** So many bytes, fewer at the end. */
  async #take(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let left = size
    while (left > 0) {
      const part = await this.#input.read()
      if (part === undefined) break
      if (part.length > left) this.#input.unread(part.subarray(left))
      const used = part.subarray(0, left)
      await this.#task.step(used.length / bytesPerStep)
      parts.push(used)
      left -= used.length
    }
    return joinBytes(parts)
  }

  /** Whoever writes the archive must not find its pipe closed. */
  async #drain(): Promise<void> {
    for (let part = await this.#input.read(); part !== undefined; part = await this.#input.read())
      await this.#task.step(part.length / bytesPerStep)
  }
}

function moreOf(type: string, content: Uint8Array): { path?: string; linkpath?: string; size?: number } {
  const text = new TextDecoder().decode(content)
  if (type === 'L' || type === 'N') return { path: text.replace(/\0[\s\S]*$/, '') }
  if (type === 'K') return { linkpath: text.replace(/\0[\s\S]*$/, '') }
  if (type === 'g') return {}
  const found: { path?: string; linkpath?: string; size?: number } = {}
  // `length key=value\n`, where the length counts itself, in bytes.
  for (let at = 0; at < content.length; ) {
    const [, digits = ''] = /^(\d{1,9}) /.exec(new TextDecoder().decode(content.subarray(at, at + 10))) ?? []
    const length = Number(digits)
    if (length <= digits.length) throw new CommandError('corrupted extended header')
    const record = new TextDecoder().decode(content.subarray(at + digits.length + 1, at + length - 1))
    const [key = '', ...value] = record.split('=')
    if (key === 'path' || key === 'linkpath') found[key] = value.join('=')
    if (key === 'size') found.size = Number(value.join('='))
    at += length
  }
  return found
}
