import { compareUtf8 } from './utf8.ts'

/**
 * Writes a value as Go's `json.Marshal` writes a map: compact, keys sorted by bytes, `< > &` and the two line
 * separators escaped, bytes as base64. Values that JSON does not know (`undefined`, functions) print as `null`.
 *
 * @param value any value; depth is limited only by memory
 */
export function compactJson(value: unknown): string {
  const out: string[] = []
  const work: unknown[] = [value]
  while (work.length > 0) {
    const item = work.pop()
    if (item instanceof Literal) out.push(item.text)
    else if (Array.isArray(item)) pushArray(item, work)
    else if (item instanceof Uint8Array) out.push(`"${base64(item)}"`)
    else if (typeof item === 'object' && item !== null) pushObject(item, work)
    else out.push(scalar(item))
  }
  return out.join('')
}

/** Text that is written as it stands. */
class Literal {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function pushArray(items: readonly unknown[], work: unknown[]): void {
  work.push(new Literal(']'))
  for (let i = items.length - 1; i >= 0; i--) {
    work.push(items[i])
    if (i > 0) work.push(new Literal(','))
  }
  work.push(new Literal('['))
}

function pushObject(object: object, work: unknown[]): void {
  const entries = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => compareUtf8(a, b))
  work.push(new Literal('}'))
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]
    if (entry === undefined) continue
    work.push(entry[1], new Literal(`${i > 0 ? ',' : ''}${jsonString(entry[0])}:`))
  }
  work.push(new Literal('{'))
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return jsonString(value)
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return 'null'
}

/** Writes a number as Go does: JavaScript's text, with exponents of two digits at least. */
export function goNumber(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** Writes a string as Go's `json.Marshal` does. */
export function jsonString(s: string): string {
  const text = JSON.stringify(s.replace(/\p{Surrogate}/gu, '\ufffd'))
  return text.replace(/[<>&\u2028\u2029]/g, (ch) => escapes[ch] ?? ch)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3)
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    out += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63)
    out += b === undefined ? '=' : alphabet.charAt((word >> 6) & 63)
    out += c === undefined ? '=' : alphabet.charAt(word & 63)
  }
  return out
}
