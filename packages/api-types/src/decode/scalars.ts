import { formatMicroTime, formatTime, parseMicroTime, parseTime } from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import type { FieldType } from '../schema.ts'
import { DecodeAbort } from './decode-error.ts'
import { jsonKind } from './json-kind.ts'
import { type DecodeState, noteTypeError, typeErrorText } from './state.ts'

type StringType = Extract<FieldType, { readonly type: 'string' }>

/** Decodes a value whose schema is a string of some format; undefined where it is of the wrong type. */
export function decodeString(
  state: DecodeState,
  type: StringType,
  value: unknown,
  goType: string,
): string | number | undefined {
  switch (type.format) {
    case 'date-time':
      return decodeTime(state, value, (text) => formatTime(parseTime(text)))
    case 'micro-time':
      return decodeTime(state, value, (text) => formatMicroTime(parseMicroTime(text)))
    case 'quantity':
      return decodeQuantity(value)
    case 'int-or-string':
      if (typeof value === 'string') return value
      if (typeof value === 'number' && isInteger(value, 'int32')) return value
      throw new DecodeAbort(typeErrorText(state, numberKind(value), 'int32'))
  }
  if (typeof value !== 'string') {
    noteTypeError(state, 'string', jsonKind(value), goType)
    return undefined
  }
  if (type.format !== 'byte') return value
  const wrong = illegalBase64(value)
  if (wrong === undefined) return value.replace(/[\r\n]/g, '')
  state.typeError ??= `illegal base64 data at input byte ${wrong}`
  return undefined
}

/** Decodes a number; undefined where it is none, or has a fraction or too many digits for the type. */
export function decodeNumber(
  state: DecodeState,
  type: Extract<FieldType, { readonly type: 'integer' | 'number' }>,
  value: unknown,
  goType: string,
): number | undefined {
  if (typeof value === 'number' && (type.type === 'number' || isInteger(value, type.format))) return value
  noteTypeError(state, type.type, numberKind(value), goType)
  return undefined
}

/** Go names the number itself where only its size or fraction is wrong. */
const numberKind = (value: unknown): string => (typeof value === 'number' ? `number ${value}` : jsonKind(value))

function isInteger(value: number, format: 'int32' | 'int64'): boolean {
  if (!Number.isInteger(value)) return false
  return format === 'int64' ? Math.abs(value) <= 2 ** 63 : value >= -(2 ** 31) && value < 2 ** 31
}

function decodeTime(state: DecodeState, value: unknown, normal: (text: string) => string): string {
  if (typeof value !== 'string') throw new DecodeAbort(typeErrorText(state, jsonKind(value), 'string'))
  try {
    return normal(value)
  } catch (error) {
    throw new DecodeAbort(error instanceof Error ? error.message : String(error))
  }
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : JSON.stringify(value)
  const result = tryParseQuantity(text ?? '')
  if (!result.ok) throw new DecodeAbort(result.error.message)
  return result.value.toString()
}

/**
 * The place that Go names where a text is no standard base64 with padding: the first wrong character, or where the last four
 * characters begin when some of them are missing. Line ends do not count.
 */
function illegalBase64(text: string): number | undefined {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const isBreak = (at: number) => text[at] === '\n' || text[at] === '\r'
  let at = 0
  for (let read = 0; ; ) {
    if (at === text.length) return read === 0 ? undefined : at - read
    const next = text[at++] ?? ''
    if (/[A-Za-z0-9+/]/.test(next)) read = (read + 1) % 4
    else if (next === '=') break
    else if (next !== '\n' && next !== '\r') return at - 1
  }
  const read = text.slice(0, at - 1).replace(/[\r\n]/g, '').length % 4
  if (read < 2) return at - 1
  if (read === 2) {
    while (isBreak(at)) at++
    if (at === text.length) return at
    if (text[at] !== '=') return at - 1
    at++
  }
  while (isBreak(at)) at++
  return at < text.length ? at : undefined
}
