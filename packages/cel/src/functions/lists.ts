import { compare, equal, isComparable, typeNameOf } from '../values/traits.ts'
import { ArrayList, CelDuration, CelError, type CelList, CelUint, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { operators } from './operators.ts'
import { on } from './typed.ts'

const elements = (list: CelList): Value[] => Array.from({ length: list.size }, (_, index) => list.at(index))

const plus = operators[0]?.[1] as CelFunction

const sum =
  (zero: Value) =>
  (list: CelList): Value => {
    let total = zero
    for (const element of elements(list)) {
      total = plus(total, element)
      if (total instanceof CelError) return total
    }
    return total
  }

const best =
  (name: string, preferred: number) =>
  (list: CelList): Value => {
    if (list.size === 0) return new CelError(`${name} called on empty list`)
    return elements(list).reduce((kept, next) => (compare(kept, next) === preferred ? next : kept))
  }

function isSorted(list: CelList): boolean {
  for (let index = 1; index < list.size; index++) if (compare(list.at(index - 1), list.at(index)) === 1) return false
  return true
}

function indexOf(list: CelList, item: Value): bigint {
  for (let index = 0; index < list.size; index++) if (equal(list.at(index), item)) return BigInt(index)
  return -1n
}

function lastIndexOf(list: CelList, item: Value): bigint {
  for (let index = list.size - 1; index >= 0; index--) if (equal(list.at(index), item)) return BigInt(index)
  return -1n
}

function slice(list: CelList, start: bigint, end: bigint): Value {
  const what = `cannot slice(${start}, ${end})`
  if (start < 0n || end < 0n) return new CelError(`${what}, negative indexes not supported`)
  if (start > end) return new CelError(`${what}, start index must be less than or equal to end index`)
  if (list.size < end) return new CelError(`${what}, list is length ${list.size}`)
  return new ArrayList(elements(list).slice(Number(start), Number(end)))
}

function flatten(list: CelList, depth: bigint): Value {
  if (depth < 0n) return new CelError('level must be non-negative')
  const flat: Value[] = []
  const walk = (inner: CelList, left: bigint): void => {
    for (const element of elements(inner)) {
      if (left > 0n && isList(element)) walk(element, left - 1n)
      else flat.push(element)
    }
  }
  walk(list, depth)
  return new ArrayList(flat)
}

const isList = (value: Value): value is CelList => typeNameOf(value) === 'list'

function sortBy(list: CelList, keys: CelList): Value {
  if (list.size !== keys.size)
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    )
  if (list.size === 0) return list
  const known = elements(keys)
  const first = known[0] ?? null
  if (!isComparable(first)) return new CelError('list elements must be comparable')
  const type = typeNameOf(first)
  if (known.length > 1 && known.some((key) => typeNameOf(key) !== type))
    return new CelError('list elements must have the same type')
  const order = known.map((key, index) => ({ key, index }))
  order.sort((a, b) => {
    const result = compare(a.key, b.key)
    return typeof result === 'number' ? result : 0
  })
  return new ArrayList(order.map(({ index }) => list.at(index)))
}

function distinct(list: CelList): Value {
  const unique: Value[] = []
  for (const element of elements(list)) if (!unique.some((other) => equal(element, other))) unique.push(element)
  return new ArrayList(unique)
}

/** A range is as long as memory allows upstream; here it ends at a million. */
const longestRange = 1_000_000n

function range(length: bigint): Value {
  if (length > longestRange) return new CelError(`lists.range: a list of ${length} elements is unsupported`)
  return new ArrayList(Array.from({ length: Number(length < 0n ? 0n : length) }, (_, index) => BigInt(index)))
}

const contains = (a: CelList, b: CelList): boolean => elements(b).every((element) => indexOf(a, element) >= 0n)
const intersects = (a: CelList, b: CelList): boolean => elements(b).some((element) => indexOf(a, element) >= 0n)

const zeros: readonly (readonly [string, Value])[] = [
  ['int', 0n],
  ['uint', new CelUint(0n)],
  ['double', 0],
  ['duration', new CelDuration(0n)],
]
const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']

/** @see apiserver/pkg/cel/library/lists.go and cel-go ext/lists.go, ext/sets.go */
export const listFunctions: readonly (readonly [string, CelFunction])[] = [
  ...zeros.map(([name, zero]) => [`list_${name}_sum_${name}`, on(['list'], sum(zero))] as const),
  ...comparable.flatMap((name) => [
    [`list_${name}_is_sorted_bool`, on(['list'], isSorted)] as const,
    [`list_${name}_max_${name}`, on(['list'], best('max', -1))] as const,
    [`list_${name}_min_${name}`, on(['list'], best('min', 1))] as const,
  ]),
  ['list_a_index_of_int', on(['list', 'any'], indexOf)],
  ['list_a_last_index_of_int', on(['list', 'any'], lastIndexOf)],
  ['list_slice', on(['list', 'int', 'int'], slice)],
  ['list_flatten', on(['list'], (list) => flatten(list, 1n))],
  ['list_flatten_int', on(['list', 'int'], flatten)],
  ['list_reverse', on(['list'], (list) => new ArrayList(elements(list).reverse()))],
  ['list_distinct', on(['list'], distinct)],
  ['lists_range', on(['int'], range)],
  ['list_sets_contains_list', on(['list', 'list'], contains)],
  ['list_sets_intersects_list', on(['list', 'list'], intersects)],
  ['list_sets_equivalent_list', on(['list', 'list'], (a, b) => contains(a, b) && contains(b, a))],
]

/** Sorting looks at the values, whatever the overload. */
export const listSingletons: readonly (readonly [string, CelFunction])[] = [
  ['sort', on(['list'], (list) => sortBy(list, list))],
  ['@sortByAssociatedKeys', on(['list', 'list'], sortBy)],
]
