import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  errorType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from '../types/cel-type.ts'
import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from './value.ts'

const dynList = listType(dynType)
const dynMap = mapType(dynType, dynType)
const dynOptional = optionalType(dynType)

/** The type of a value at run time; parameters of lists and maps are not known. */
export function typeOfValue(value: Value): CelType {
  switch (typeof value) {
    case 'boolean':
      return boolType
    case 'bigint':
      return intType
    case 'number':
      return doubleType
    case 'string':
      return stringType
  }
  if (value === null) return nullType
  if (value instanceof CelList) return dynList
  if (value instanceof CelMap) return dynMap
  if (value instanceof CelUint) return uintType
  if (value instanceof Uint8Array) return bytesType
  if (value instanceof CelDuration) return durationType
  if (value instanceof CelTimestamp) return timestampType
  if (value instanceof CelTypeValue) return typeType
  if (value instanceof CelOptional) return dynOptional
  if (value instanceof CelObject) return value.type
  return errorType
}

/** Its name, as `no such overload` errors show it. */
export const typeNameOf = (value: Value): string => typeOfValue(value).name

/** The number of code points of a string. */
export function codePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(index + 1)
      if (next >= 0xdc00 && next < 0xe000) {
        count--
        index++
      }
    }
  }
  return count
}

/** `size()` of a value that has one. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePoints(value)
  if (value instanceof CelList || value instanceof CelMap) return value.size
  return value instanceof Uint8Array ? value.length : undefined
}

/** Compares a double with a whole number of any size. */
function compareNumbers(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const numeric = (value: Value): bigint | number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof CelUint ? value.value : undefined

const noOverload: CelError = new CelError('no such overload')
const notOrdered: CelError = new CelError('NaN values cannot be ordered')

export const noSuchOverload = (): CelError => noOverload

/** Order of two values as `<` sees it, or an error. */
export function compare(a: Value, b: Value): number | CelError {
  const left = numeric(a)
  if (left !== undefined) {
    const right = numeric(b)
    if (right === undefined) return b instanceof CelError ? b : noOverload
    return Number.isNaN(left) || Number.isNaN(right) ? notOrdered : compareNumbers(left, right)
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return compareNumbers(a.nanos, b.nanos)
  if (a instanceof CelDuration && b instanceof CelDuration) return compareNumbers(a.nanos, b.nanos)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  return noOverload
}

/** True for values that have an order. */
export function isComparable(value: Value): boolean {
  return (
    numeric(value) !== undefined ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value instanceof CelTimestamp ||
    value instanceof CelDuration ||
    value instanceof Uint8Array
  )
}

/** By UTF-8 bytes: code units order the same but for surrogates. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x !== y) {
      const highX = x >= 0xd800 && x < 0xe000
      const highY = y >= 0xd800 && y < 0xe000
      return highX !== highY ? (highX ? 1 : -1) : x < y ? -1 : 1
    }
  }
  return compareNumbers(a.length, b.length)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  return compareNumbers(a.length, b.length)
}

/** `==`, for values that are no errors. Values of different types are not equal, but numbers are compared as numbers. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return typeof a !== 'number' || !Number.isNaN(a)
  if (a === null || b === null) return false
  const left = numeric(a)
  if (left !== undefined) {
    const right = numeric(b)
    // biome-ignore lint/suspicious/noDoubleEquals: bigints and numbers are compared by value
    return right !== undefined && left == right
  }
  if (a instanceof CelList) return b instanceof CelList && listsEqual(a, b)
  if (a instanceof CelMap) return b instanceof CelMap && mapsEqual(a, b)
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.type.name === b.type.name
  if (a instanceof CelObject) return a.equals(b)
  if (a instanceof CelOptional && b instanceof CelOptional)
    return a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value)
  return false
}

function listsEqual(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false
  if (a.equalTo) return a.equalTo(b)
  for (let index = 0; index < a.size; index++) if (!equal(a.at(index), b.at(index))) return false
  return true
}

function mapsEqual(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false
  for (const key of a.keys()) {
    const mine = a.find(key)
    const other = b.find(key)
    if (mine === undefined || other === undefined || !equal(mine, other)) return false
  }
  return true
}
