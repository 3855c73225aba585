import { goValue } from '../values/go-format.ts'
import { ArrayList, CelError, type CelList, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { formatString } from './string-format.ts'
import { on } from './typed.ts'

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`)

function charAt(text: string, index: bigint): Value {
  const points = Array.from(text)
  if (index < 0n || index > points.length) return outOfRange(index)
  return points[Number(index)] ?? ''
}

function matchesAt(points: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => points[at + index] === point)
}

function indexOf(text: string, part: string, offset: bigint): Value {
  if (part === '') return offset
  if (offset < 0n) return outOfRange(offset)
  const points = Array.from(text)
  const wanted = Array.from(part)
  for (let at = Number(offset); at <= points.length - wanted.length; at++)
    if (matchesAt(points, wanted, at)) return BigInt(at)
  return -1n
}

function lastIndexOf(text: string, part: string, offset?: bigint): Value {
  const points = Array.from(text)
  if (part === '') return offset ?? BigInt(points.length)
  const wanted = Array.from(part)
  if (offset === undefined && points.length < wanted.length) return -1n
  const from = offset ?? BigInt(points.length - 1)
  if (from < 0n) return outOfRange(from)
  if (from >= points.length) return -1n
  for (let at = Math.min(Number(from), points.length - wanted.length); at >= 0; at--)
    if (matchesAt(points, wanted, at)) return BigInt(at)
  return -1n
}

function substring(text: string, start: bigint, end?: bigint): Value {
  const points = Array.from(text)
  if (end !== undefined && start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > points.length) return outOfRange(start)
  if (end !== undefined && (end < 0n || end > points.length)) return outOfRange(end)
  return points.slice(Number(start), end === undefined ? undefined : Number(end)).join('')
}

/** Go's `strings.Replace`: with an empty `old` the new text stands before each character and at the end. */
function replace(text: string, old: string, by: string, limit: bigint): string {
  const parts = old === '' ? Array.from(text) : text.split(old)
  const seams = old === '' ? parts.length + 1 : parts.length - 1
  const count = limit < 0n || limit > seams ? seams : Number(limit)
  if (old !== '')
    return (
      parts
        .slice(0, count)
        .map((part) => part + by)
        .join('') + parts.slice(count).join(old)
    )
  return parts.map((point, index) => (index < count ? by : '') + point).join('') + (count > parts.length ? by : '')
}

function split(text: string, separator: string, limit: bigint): Value {
  if (limit === 0n) return new ArrayList([])
  const parts = separator === '' ? Array.from(text) : text.split(separator)
  if (limit < 0n || parts.length <= limit) return new ArrayList(parts)
  const most = Number(limit)
  return new ArrayList([...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)])
}

function join(list: CelList, separator: string): Value {
  const parts: string[] = []
  for (let index = 0; index < list.size; index++) {
    const value = list.at(index)
    if (typeof value !== 'string') return new CelError(`join: invalid input: ${goValue(value)}`)
    parts.push(value)
  }
  return parts.join(separator)
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

const quote = (text: string): string => `"${Array.from(text, (point) => escapes.get(point) ?? point).join('')}"`

/** Go's `strings.TrimSpace`. */
const trim = (text: string): string =>
  text.replace(
    /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g,
    '',
  )

/** @see cel-go ext/strings.go, version 2 */
export const stringFunctions: readonly (readonly [string, CelFunction])[] = [
  ['contains_string', on(['string', 'string'], (text, part) => text.includes(part))],
  ['starts_with_string', on(['string', 'string'], (text, part) => text.startsWith(part))],
  ['ends_with_string', on(['string', 'string'], (text, part) => text.endsWith(part))],
  ['string_char_at_int', on(['string', 'int'], charAt)],
  ['string_index_of_string', on(['string', 'string'], (text, part) => indexOf(text, part, 0n))],
  ['string_index_of_string_int', on(['string', 'string', 'int'], indexOf)],
  ['string_last_index_of_string', on(['string', 'string'], (text, part) => lastIndexOf(text, part))],
  ['string_last_index_of_string_int', on(['string', 'string', 'int'], lastIndexOf)],
  ['string_lower_ascii', on(['string'], (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))],
  ['string_upper_ascii', on(['string'], (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()))],
  ['string_replace_string_string', on(['string', 'string', 'string'], (text, old, by) => replace(text, old, by, -1n))],
  ['string_replace_string_string_int', on(['string', 'string', 'string', 'int'], replace)],
  ['string_split_string', on(['string', 'string'], (text, separator) => split(text, separator, -1n))],
  ['string_split_string_int', on(['string', 'string', 'int'], split)],
  ['string_substring_int', on(['string', 'int'], (text, start) => substring(text, start))],
  ['string_substring_int_int', on(['string', 'int', 'int'], substring)],
  ['string_trim', on(['string'], trim)],
  ['string_format', on(['string', 'list'], formatString)],
  ['strings_quote', on(['string'], quote)],
  ['list_join', on(['list'], (list) => join(list, ''))],
  ['list_join_string', on(['list', 'string'], join)],
]
