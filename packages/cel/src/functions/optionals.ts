import { goValue } from '../values/go-format.ts'
import { sizeOf } from '../values/traits.ts'
import {
  ArrayList,
  CelDuration,
  CelError,
  type CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelUint,
  EntriesMap,
  type Value,
} from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { on } from './typed.ts'

/** What `optional.ofNonZeroValue` takes for nothing. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0) return true
  if (value instanceof CelUint) return value.value === 0n
  if (value instanceof CelDuration) return value.nanos === 0n
  // The zero of Go's time is the year 1.
  if (value instanceof CelTimestamp) return value.nanos === -62_135_596_800_000_000_000n
  if (value instanceof CelOptional) return value.value === undefined || isZero(value.value)
  return sizeOf(value) === 0
}

function unwrap(list: CelList): Value {
  const values: Value[] = []
  for (let index = 0; index < list.size; index++) {
    const element = list.at(index)
    if (!(element instanceof CelOptional)) return new CelError(`value ${goValue(element)} is not optional`)
    if (element.value !== undefined) values.push(element.value)
  }
  return new ArrayList(values)
}

function put(map: CelMap, key: Value, value: Value): Value {
  if (map.find(key) !== undefined) return new CelError(`insert failed: key ${goValue(key)} already exists`)
  const grown = map instanceof EntriesMap ? map : copy(map)
  grown.set(key, value)
  return grown
}

function copy(map: CelMap): EntriesMap {
  const made = new EntriesMap()
  for (const key of map.keys()) made.set(key, map.find(key) ?? null)
  return made
}

function merge(map: CelMap, other: CelMap): Value {
  let result: Value = map
  for (const key of other.keys()) {
    result = put(map, key, other.find(key) ?? null)
    if (!(result instanceof CelMap)) return result
  }
  return result
}

/** @see cel-go cel/library.go and ext/comprehensions.go */
export const optionalFunctions: readonly (readonly [string, CelFunction])[] = [
  ['optional_of', (value = null) => new CelOptional(value)],
  ['optional_ofNonZeroValue', (value = null) => (isZero(value) ? CelOptional.none : new CelOptional(value))],
  ['optional_none', () => CelOptional.none],
  ['optional_value', on(['optional'], ({ value }) => value ?? new CelError('optional.none() dereference'))],
  ['optional_hasValue', on(['optional'], ({ value }) => value !== undefined)],
  ['list_first', on(['list'], (list) => (list.size === 0 ? CelOptional.none : new CelOptional(list.at(0))))],
  ['list_last', on(['list'], (list) => (list.size === 0 ? CelOptional.none : new CelOptional(list.at(list.size - 1))))],
  ['optional_unwrap', on(['list'], unwrap)],
  ['optional_unwrapOpt', on(['list'], unwrap)],
  ['@mapInsert_map_key_value', on(['map', 'any', 'any'], put)],
  ['@mapInsert_map_map', on(['map', 'map'], merge)],
]
