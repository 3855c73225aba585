import { formatTimestamp, goDuration } from './time.ts'
import {
  CelDuration,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from './value.ts'

/** A value as JSON: numbers stay numbers where they are safe, bytes are base64, times are text. */
export function jsonOf(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof CelUint) return Number(value.value)
  if (value instanceof CelList) return Array.from({ length: value.size }, (_, index) => jsonOf(value.at(index)))
  if (value instanceof CelMap)
    return Object.fromEntries(Array.from(value.keys(), (key) => [textOf(key), jsonOf(value.find(key) ?? null)]))
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value))
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos, value.zone)
  if (value instanceof CelDuration) return goDuration(value.nanos)
  if (value instanceof CelOptional) return value.value === undefined ? null : jsonOf(value.value)
  if (value instanceof CelTypeValue) return value.type.name
  return value instanceof CelObject ? value.toString() : null
}

const textOf = (key: Value): string => (key instanceof CelUint ? String(key.value) : String(key))
