import { goDouble, goQuote } from '../values/go-format.ts'
import { formatTimestamp } from '../values/time.ts'
import { typeNameOf } from '../values/traits.ts'
import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from '../values/value.ts'
import { durationText } from './conversions.ts'

/** A format or an argument is wrong. */
export class FormatError extends Error {}

/** One piece of a format string: text as it is, or a clause. */
export type FormatPiece = string | { readonly verb: string; readonly precision: number | undefined }

const verbs = 'sdfebxXo'

/** Cuts a format string into pieces. @throws FormatError when asked for a wrong piece, which others come before */
export function* formatPieces(format: string): Generator<FormatPiece> {
  const pattern = /%%|%|[^%]+/y
  while (pattern.lastIndex < format.length) {
    const [piece = ''] = pattern.exec(format) ?? []
    if (piece === '%%') yield '%'
    else if (piece !== '%') yield piece
    else {
      const at = pattern.lastIndex
      yield clause(format, at, (next) => {
        pattern.lastIndex = next
      })
    }
  }
}

function clause(format: string, start: number, end: (at: number) => void): FormatPiece {
  let at = start
  if (at >= format.length) throw new FormatError('unexpected end of string')
  let precision: number | undefined
  const broken = (message: string): FormatError => new FormatError(`could not parse formatting clause: ${message}`)
  if (format[at] === '.') {
    const digits = /[0-9]*/y
    digits.lastIndex = at + 1
    const [text = ''] = digits.exec(format) ?? []
    at += 1 + text.length
    if (at >= format.length) throw broken('error while parsing precision: could not find end of precision specifier')
    if (text === '')
      throw broken(
        'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
      )
    precision = Number(text)
  }
  const verb = String.fromCodePoint(format.codePointAt(at) ?? 0)
  if (!verbs.includes(verb)) throw broken(`unrecognized formatting clause "${verb}"`)
  end(at + 1)
  return { verb, precision }
}

/** What each clause takes, for error texts. */
export const clauseTexts: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ',
  d: 'decimal clause can only be used on integers, was given ',
  f: 'fixed-point clause can only be used on doubles, was given ',
  e: 'scientific clause can only be used on doubles, was given ',
  b: 'only integers and bools can be formatted as binary, was given ',
  x: 'only integers, byte buffers, and strings can be formatted as hex, was given ',
  X: 'only integers, byte buffers, and strings can be formatted as hex, was given ',
  o: 'octal clause can only be used on integers, was given ',
}

/** `text.format(list)`. @see cel-go ext/formatting.go */
export function formatString(format: string, args: CelList): Value {
  try {
    let result = ''
    let next = 0
    for (const piece of formatPieces(format)) {
      if (typeof piece === 'string') {
        result += piece
        continue
      }
      if (next >= args.size) return new CelError(`index ${next} out of range`)
      result += applied(piece.verb, piece.precision ?? 6, args.at(next++))
    }
    return result
  } catch (error) {
    if (error instanceof FormatError) return new CelError(error.message)
    throw error
  }
}

const whole = (value: Value): bigint | undefined =>
  typeof value === 'bigint' ? value : value instanceof CelUint ? value.value : undefined

function applied(verb: string, precision: number, value: Value): string {
  const number = whole(value)
  const refuse = (): never => {
    throw new FormatError(`error during formatting: ${clauseTexts[verb]}${typeNameOf(value)}`)
  }
  switch (verb) {
    case 's':
      return textOf(value)
    case 'd':
      return number === undefined ? refuse() : String(number)
    case 'f':
    case 'e': {
      const double = typeof value === 'string' ? special(value) : value
      if (typeof double !== 'number') return refuse()
      return verb === 'f' ? grouped(double, precision) : scientific(double, precision)
    }
    case 'b':
      return number !== undefined ? number.toString(2) : typeof value === 'boolean' ? String(Number(value)) : refuse()
    case 'o':
      return number === undefined ? refuse() : number.toString(8)
    default: {
      const text =
        number !== undefined
          ? number.toString(16)
          : typeof value === 'string'
            ? hex(new TextEncoder().encode(value))
            : value instanceof Uint8Array
              ? hex(value)
              : refuse()
      return verb === 'X' ? text.toUpperCase() : text
    }
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const special = (text: string): number | undefined =>
  text === 'NaN' || text === 'Infinity' || text === '-Infinity' ? Number(text) : undefined

const notFinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞')

/** Digits of an exact decimal expansion, where `toFixed` would give up. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) < 1e21 && precision <= 100) return value.toFixed(precision)
  const digits = Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(Math.min(precision, 100))
  const [head = '', tail = ''] = digits.split('.')
  return precision === 0 ? head : `${head}.${tail.padEnd(precision, '0')}`
}

/** As `golang.org/x/text` prints for en_US: groups of three digits. */
function grouped(value: number, precision: number): string {
  if (!Number.isFinite(value)) return notFinite(value)
  const text = fixed(value, precision)
  const [head = '', tail] = text.split('.')
  const groups = head.replace(/\B(?=(\d{3})+$)/g, ',')
  return tail === undefined ? groups : `${groups}.${tail}`
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** As `golang.org/x/text` prints for en_US: `1.5×10⁰²`. */
function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return notFinite(value)
  const [mantissa = '', exponent = '0'] = value.toExponential(Math.min(precision, 100)).split('e')
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0')
  return `${mantissa}×10${exponent.startsWith('-') ? '⁻' : ''}${Array.from(digits, (digit) => raised[Number(digit)]).join('')}`
}

function textOf(value: Value): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return goDouble(value)
  }
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelList) return listText(value)
  if (value instanceof CelMap) return mapText(value)
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos, value.zone)
  if (value instanceof CelDuration) return durationText(value)
  if (value instanceof CelTypeValue) return value.type.name
  if (value instanceof Uint8Array) return bytesText(value)
  throw new FormatError(`error during formatting: ${clauseTexts['s']}${typeNameOf(value)}`)
}

function bytesText(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    throw new FormatError(
      'error during formatting: could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string',
    )
  }
}

/** An element of a list or a map, as a literal. */
function literalText(value: Value): string {
  if (typeof value === 'string') return goQuote(value)
  if (value instanceof Uint8Array) return `b${goQuote(bytesText(value))}`
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(formatTimestamp(value.nanos, value.zone))})`
  if (value instanceof CelDuration) return `duration(${goQuote(durationText(value))})`
  if (typeof value === 'number')
    return Number.isFinite(value) ? fixed(value, 6) : `"${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}"`
  if (isPlain(value)) return textOf(value)
  throw new FormatError(`error during formatting: no formatting function for ${typeNameOf(value)}`)
}

const isPlain = (value: Value): boolean =>
  value === null ||
  typeof value !== 'object' ||
  value instanceof CelUint ||
  value instanceof CelList ||
  value instanceof CelMap ||
  value instanceof CelTypeValue

function listText(list: CelList): string {
  const parts: string[] = []
  for (let index = 0; index < list.size; index++) parts.push(literalText(list.at(index)))
  return `[${parts.join(', ')}]`
}

function mapText(map: CelMap): string {
  const pairs: (readonly [string, string])[] = []
  for (const key of map.keys()) {
    if (typeof key !== 'string' && typeof key !== 'boolean' && whole(key) === undefined)
      throw new FormatError(`error during formatting: no formatting function for map key of type ${typeNameOf(key)}`)
    pairs.push([literalText(key), literalText(map.find(key) ?? null)])
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${pairs.map(([key, value]) => `${key}:${value}`).join(', ')}}`
}
