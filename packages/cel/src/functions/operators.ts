import { durationInRange, timestampInRange } from '../values/time.ts'
import { compare, equal, isComparable, noSuchOverload, sizeOf } from '../values/traits.ts'
import { CelDuration, CelError, CelList, CelMap, CelTimestamp, CelUint, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'

const intLimit = 1n << 63n
const uintLimit = 1n << 64n

/** An int, or the error of one that is too large. */
export const int = (value: bigint): Value =>
  value >= intLimit || value < -intLimit ? new CelError('integer overflow') : value
/** A uint, or the error of one that is too large. */
export const uint = (value: bigint): Value =>
  value < 0n || value >= uintLimit ? new CelError('unsigned integer overflow') : new CelUint(value)
const duration = (nanos: bigint): Value =>
  durationInRange(nanos) ? new CelDuration(nanos) : new CelError('duration overflow')
const timestamp = (nanos: bigint, zone: number): Value =>
  timestampInRange(nanos) ? new CelTimestamp(nanos, zone) : new CelError('timestamp overflow')

/** What a value without the ability says: strings and times are asked for a method first, and have none. */
const lacking = (name: string, value: Value): Value =>
  typeof value === 'string' || value instanceof CelTimestamp || value instanceof CelDuration
    ? noSuchOverload()
    : new CelError(`no such overload: ${name}`)

const add: CelFunction = (a = null, b = null) => {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? int(a + b) : noSuchOverload()
  if (typeof a === 'string') return typeof b === 'string' ? a + b : noSuchOverload()
  if (typeof a === 'number') return typeof b === 'number' ? a + b : noSuchOverload()
  if (a instanceof CelUint) return b instanceof CelUint ? uint(a.value + b.value) : noSuchOverload()
  if (a instanceof CelList) return b instanceof CelList ? a.concat(b) : noSuchOverload()
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? joinBytes(a, b) : noSuchOverload()
  if (a instanceof CelDuration) {
    if (b instanceof CelDuration) return duration(a.nanos + b.nanos)
    return b instanceof CelTimestamp ? timestamp(a.nanos + b.nanos, b.zone) : noSuchOverload()
  }
  if (a instanceof CelTimestamp)
    return b instanceof CelDuration ? timestamp(a.nanos + b.nanos, a.zone) : noSuchOverload()
  return lacking('_+_', a)
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

const subtract: CelFunction = (a = null, b = null) => {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? int(a - b) : noSuchOverload()
  if (typeof a === 'number') return typeof b === 'number' ? a - b : noSuchOverload()
  if (a instanceof CelUint) return b instanceof CelUint ? uint(a.value - b.value) : noSuchOverload()
  if (a instanceof CelDuration) return b instanceof CelDuration ? duration(a.nanos - b.nanos) : noSuchOverload()
  if (a instanceof CelTimestamp) {
    if (b instanceof CelDuration) return timestamp(a.nanos - b.nanos, a.zone)
    return b instanceof CelTimestamp ? duration(a.nanos - b.nanos) : noSuchOverload()
  }
  return lacking('_-_', a)
}

const multiply: CelFunction = (a = null, b = null) => {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? int(a * b) : noSuchOverload()
  if (typeof a === 'number') return typeof b === 'number' ? a * b : noSuchOverload()
  if (a instanceof CelUint) return b instanceof CelUint ? uint(a.value * b.value) : noSuchOverload()
  return lacking('_*_', a)
}

const divide: CelFunction = (a = null, b = null) => {
  const zero = new CelError('division by zero')
  if (typeof a === 'bigint') return typeof b !== 'bigint' ? noSuchOverload() : b === 0n ? zero : int(a / b)
  if (typeof a === 'number') return typeof b === 'number' ? a / b : noSuchOverload()
  if (a instanceof CelUint)
    return !(b instanceof CelUint) ? noSuchOverload() : b.value === 0n ? zero : uint(a.value / b.value)
  return lacking('_/_', a)
}

const modulo: CelFunction = (a = null, b = null) => {
  const zero = new CelError('modulus by zero')
  if (typeof a === 'bigint') {
    if (typeof b !== 'bigint') return noSuchOverload()
    if (b === 0n) return zero
    return a === -intLimit && b === -1n ? new CelError('integer overflow') : a % b
  }
  if (a instanceof CelUint)
    return !(b instanceof CelUint) ? noSuchOverload() : b.value === 0n ? zero : uint(a.value % b.value)
  return lacking('_%_', a)
}

const negate: CelFunction = (a = null) => {
  if (typeof a === 'bigint') return int(-a)
  if (typeof a === 'number') return -a
  if (a instanceof CelDuration) return duration(-a.nanos)
  return typeof a === 'boolean' ? noSuchOverload() : lacking('-_', a)
}

const not: CelFunction = (a = null) => (typeof a === 'boolean' ? !a : noSuchOverload())

const ordered =
  (name: string, test: (order: number) => boolean): CelFunction =>
  (a = null, b = null) => {
    if (!isComparable(a)) return lacking(name, a)
    const order = compare(a, b)
    return typeof order === 'number' ? test(order) : order
  }

const isIn: CelFunction = (a = null, b = null) => {
  if (b instanceof CelMap) return b.find(a) !== undefined
  if (!(b instanceof CelList)) return noSuchOverload()
  for (let index = 0; index < b.size; index++) if (equal(a, b.at(index))) return true
  return false
}

const size: CelFunction = (a = null) => {
  const found = sizeOf(a)
  return found === undefined ? lacking('size', a) : BigInt(found)
}

/** False only for `false`: errors do not end a loop of `all` or `exists`. */
const notStrictlyFalse: CelFunction = (a = null) => a !== false

/** Operators whose code looks at the values, whatever the overload. @see cel-go common/stdlib/standard.go */
export const operators: readonly (readonly [string, CelFunction])[] = [
  ['_+_', add],
  ['_-_', subtract],
  ['_*_', multiply],
  ['_/_', divide],
  ['_%_', modulo],
  ['-_', negate],
  ['!_', not],
  ['_<_', ordered('_<_', (order) => order < 0)],
  ['_<=_', ordered('_<=_', (order) => order <= 0)],
  ['_>_', ordered('_>_', (order) => order > 0)],
  ['_>=_', ordered('_>=_', (order) => order >= 0)],
  ['@in', isIn],
  ['_in_', isIn],
  ['in', isIn],
  ['size', size],
  ['@not_strictly_false', notStrictlyFalse],
  ['__not_strictly_false__', notStrictlyFalse],
]
