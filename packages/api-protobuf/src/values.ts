import { ProtobufError } from './errors.ts'

/** A moment as protobuf's Timestamp; the zero time is an empty message. */
export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 as a timestamp: whole seconds for `time`, microseconds for `microTime`. Throws a ProtobufError for other text. */
export function readTime(text: unknown, kind: 'time' | 'microTime', path: string): Timestamp {
  const [, whole = '', fraction = '', zone = ''] = typeof text === 'string' ? (moment.exec(text) ?? []) : []
  const millis = whole === '' ? Number.NaN : Date.parse(`${whole}${zone}`)
  if (Number.isNaN(millis)) throw new ProtobufError(`expected a time in RFC 3339, got ${JSON.stringify(text)}`, path)
  const micros = kind === 'time' ? 0 : Number(fraction.padEnd(6, '0').slice(0, 6))
  return { seconds: millis / 1000, nanos: micros * 1000 }
}

/** The JSON text of a timestamp. */
export function writeTime({ seconds, nanos }: Timestamp, kind: 'time' | 'microTime'): string {
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return kind === 'time' ? `${text}Z` : `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`
}

/** Standard base64 as bytes. Throws a ProtobufError for other text. */
export function readBase64(text: unknown, path: string): Uint8Array {
  try {
    if (typeof text === 'string') return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    // told below
  }
  throw new ProtobufError('expected base64', path)
}

/** Bytes as standard base64. */
export function writeBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += 8192)
    parts.push(String.fromCharCode(...bytes.subarray(start, start + 8192)))
  return btoa(parts.join(''))
}

/** Compares texts by their UTF-8 bytes, as Go sorts the keys of maps. */
export function byCodePoints(left: string, right: string): number {
  let index = 0
  while (index < left.length && left.charCodeAt(index) === right.charCodeAt(index)) index++
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1)
}
