import { goDouble, plainDouble } from '../values/go-format.ts'
import {
  floorDivide,
  formatTimestamp,
  maxUnixSeconds,
  minUnixSeconds,
  parseGoDuration,
  parseRfc3339,
  second,
  timestampInRange,
} from '../values/time.ts'
import { typeOfValue } from '../values/traits.ts'
import { CelDuration, CelError, CelTimestamp, CelTypeValue, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { int, uint } from './operators.ts'
import { on } from './typed.ts'

const wrong = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`)
const same: CelFunction = (a = null) => a

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])

/** The largest double below 2^63 and 2^64 are the last that convert. */
const two63 = 2 ** 63
const two64 = 2 ** 64

function doubleToInt(value: number): Value {
  return Number.isFinite(value) && value > -two63 && value < two63
    ? BigInt(Math.trunc(value))
    : new CelError('integer overflow')
}

function doubleToUint(value: number): Value {
  return Number.isFinite(value) && value >= 0 && value < two64
    ? uint(BigInt(Math.trunc(value)))
    : new CelError('unsigned integer overflow')
}

function stringToInt(text: string): Value {
  if (!/^[+-]?[0-9]+$/.test(text)) return wrong('string', 'int')
  const value = int(BigInt(text.replace(/^\+/, '')))
  return value instanceof CelError ? wrong('string', 'int') : value
}

function stringToUint(text: string): Value {
  if (!/^[0-9]+$/.test(text)) return wrong('string', 'uint')
  const value = uint(BigInt(text))
  return value instanceof CelError ? wrong('string', 'uint') : value
}

function stringToDouble(text: string): Value {
  const special = /^([+-]?)(?:(inf|infinity)|(nan))$/i.exec(text)
  if (special) return special[3] ? Number.NaN : special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return wrong('string', 'double')
  const value = Number(text)
  return Number.isFinite(value) ? value : wrong('string', 'double')
}

function stringToDuration(text: string): Value {
  const nanos = parseGoDuration(text)
  return nanos === undefined ? wrong('string', 'google.protobuf.Duration') : new CelDuration(nanos)
}

function stringToTimestamp(text: string): Value {
  const parsed = parseRfc3339(text)
  if (!parsed) return wrong('string', 'google.protobuf.Timestamp')
  return timestampInRange(parsed.nanos)
    ? new CelTimestamp(parsed.nanos, parsed.zone)
    : new CelError('timestamp overflow')
}

function bytesToString(bytes: Uint8Array): Value {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const intToTimestamp = (seconds: bigint): Value =>
  seconds < minUnixSeconds || seconds > maxUnixSeconds
    ? new CelError('timestamp overflow')
    : new CelTimestamp(seconds * second)

/** `string()` of a duration: its seconds, as a double. */
export const durationText = (value: CelDuration): string =>
  `${plainDouble(Number(value.nanos / second) + Number(value.nanos % second) / 1e9)}s`

/** Conversions by overload. @see cel-go common/types */
export const conversions: readonly (readonly [string, CelFunction])[] = [
  ...[
    'bool_to_bool',
    'bytes_to_bytes',
    'double_to_double',
    'duration_to_duration',
    'int64_to_int64',
    'string_to_string',
    'timestamp_to_timestamp',
    'uint64_to_uint64',
  ].map((id) => [id, same] as const),
  ['string_to_bool', on(['string'], (text) => booleans.get(text) ?? wrong('string', 'bool'))],
  ['string_to_bytes', on(['string'], (text) => new TextEncoder().encode(text))],
  ['int64_to_double', on(['int'], Number)],
  ['uint64_to_double', on(['uint'], (value) => Number(value.value))],
  ['string_to_double', on(['string'], stringToDouble)],
  ['int64_to_duration', () => wrong('int', 'google.protobuf.Duration')],
  ['string_to_duration', on(['string'], stringToDuration)],
  ['double_to_int64', on(['double'], doubleToInt)],
  ['duration_to_int64', on(['duration'], (value) => value.nanos)],
  ['string_to_int64', on(['string'], stringToInt)],
  ['timestamp_to_int64', on(['timestamp'], (value) => floorDivide(value.nanos, second))],
  ['uint64_to_int64', on(['uint'], (value) => int(value.value))],
  ['bool_to_string', on(['bool'], String)],
  ['bytes_to_string', on(['bytes'], bytesToString)],
  ['double_to_string', on(['double'], goDouble)],
  ['duration_to_string', on(['duration'], durationText)],
  ['int64_to_string', on(['int'], String)],
  ['timestamp_to_string', on(['timestamp'], (value) => formatTimestamp(value.nanos, value.zone))],
  ['uint64_to_string', on(['uint'], (value) => String(value.value))],
  ['int64_to_timestamp', on(['int'], intToTimestamp)],
  ['string_to_timestamp', on(['string'], stringToTimestamp)],
  ['double_to_uint64', on(['double'], doubleToUint)],
  ['int64_to_uint64', on(['int'], uint)],
  ['string_to_uint64', on(['string'], stringToUint)],
]

/** `type()`. */
export const typeFunction: CelFunction = (a = null) => new CelTypeValue(typeOfValue(a))
/** `dyn()`. */
export const dynFunction: CelFunction = same
