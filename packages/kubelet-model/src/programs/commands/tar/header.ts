import { CommandError } from '../../shell/shell-error.ts'

/** What an archive says of a file in front of its content. */
export interface TarHeader {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'link' | 'hardLink'
  readonly mode: number
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  readonly target: string
}

/** Archives are made of blocks of so many bytes. */
export const blockSize = 512
const encoder = new TextEncoder()
const typeOf = { file: '0', hardLink: '1', link: '2', directory: '5' }
const longest = 100

/** The blocks in front of a file; GNU's way where names are long. */
export function writeHeader(header: TarHeader): Uint8Array {
  const name = header.kind === 'directory' ? `${header.name}/` : header.name
  const parts: Uint8Array[] = []
  for (const [type, text] of [
    ['K', header.target],
    ['L', name],
  ] as const) {
    const bytes = encoder.encode(text)
    if (bytes.length <= longest) continue
    const content = padded(new Uint8Array([...bytes, 0]))
    parts.push(block({ ...header, target: '' }, '././@LongLink', type, bytes.length + 1), content)
  }
  parts.push(block(header, name, typeOf[header.kind], header.kind === 'file' ? header.size : 0))
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function block(header: TarHeader, name: string, type: string, size: number): Uint8Array {
  const bytes = new Uint8Array(blockSize)
  const put = (text: string, at: number, length: number) => bytes.set(encoder.encode(text).subarray(0, length), at)
  const octal = (value: number, at: number, length: number) =>
    put(
      `${Math.max(0, Math.trunc(value))
        .toString(8)
        .padStart(length - 1, '0')}\0`,
      at,
      length,
    )
  put(name, 0, longest)
  octal(header.mode & 0o7777, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(header.modifiedAt / 1000, 136, 12)
  put('        ', 148, 8)
  put(type, 156, 1)
  put(header.target, 157, longest)
  put('ustar  \0', 257, 8)
  put('root', 265, 32)
  put('root', 297, 32)
  put(`${sum(bytes).toString(8).padStart(6, '0')}\0 `, 148, 8)
  return bytes
}

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0)

/** Fills up to whole blocks. */
export function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.ceil(bytes.length / blockSize) * blockSize)
  all.set(bytes)
  return all
}

/** A header as it is written, names that stand in front of it aside. */
export interface RawHeader extends Omit<TarHeader, 'kind'> {
  readonly type: string
}

/** Reads a block; undefined for the empty one at the end. Throws a CommandError for what is no header. */
export function readBlock(bytes: Uint8Array): RawHeader | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined
  const text = (at: number, length: number) => {
    const field = bytes.subarray(at, at + length)
    const end = field.indexOf(0)
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
  }
  const checked = bytes.slice()
  checked.fill(32, 148, 156)
  if (sum(checked) !== Number.parseInt(text(148, 8).trim(), 8)) throw new CommandError('invalid tar magic')
  const prefix = text(257, 6) === 'ustar' ? text(345, 155) : ''
  const name = text(0, longest)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: numberAt(bytes, 100, 8) & 0o7777,
    size: numberAt(bytes, 124, 12),
    modifiedAt: numberAt(bytes, 136, 12) * 1000,
    type: text(156, 1) || '0',
    target: text(157, longest),
  }
}

/** Octal digits, or the bytes of the number itself where they would not do. */
function numberAt(bytes: Uint8Array, at: number, length: number): number {
  const field = bytes.subarray(at, at + length)
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0)
  const digits = new TextDecoder()
    .decode(field)
    .replace(/[\0 ]+/g, ' ')
    .trim()
  if (!/^[0-7]*$/.test(digits)) throw new CommandError('corrupted octal value in tar header')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}
