import { sizeOf, typeOfValue } from '../values/traits.ts'
import { CelError, CelList, CelMap, CelObject, CelOptional, type Value } from '../values/value.ts'
import { InternalFailure } from './frame.ts'

/** What a call cost, from its result and its arguments. */
export type CallCost = (result: Value, ...args: readonly Value[]) => number

const traversal = 0.1
const regexFactor = 0.25
const tenth = (size: number): number => Math.ceil(size * traversal)

/** The size that costs are computed of: 1 for what has none. */
function actualSize(value: Value | undefined): number {
  if (value instanceof CelOptional && value.value !== undefined) return actualSize(value.value)
  return value === undefined ? 1 : (sizeOf(value) ?? 1)
}

/** Kubernetes' libraries do not look into optionals. */
const plainSize = (value: Value | undefined): number => (value === undefined ? 1 : (sizeOf(value) ?? 1))

const one: CallCost = () => 1
const traverseFirst: CallCost = (_result, a) => tenth(plainSize(a))
const traverseTwice: CallCost = (_result, a) => Math.ceil(plainSize(a) * 2 * traversal)
const regexCost = (text: number, pattern: number): number =>
  Math.ceil((1 + text) * traversal) * Math.ceil(pattern * regexFactor)
const find: CallCost = (_result, a, b) => regexCost(plainSize(a), plainSize(b))

/** The cost of walking a value as a tree. */
function walk(value: Value): number {
  if (typeof value === 'string') return Math.trunc(new TextEncoder().encode(value).length * traversal)
  if (value instanceof Uint8Array) return Math.trunc(value.length * traversal)
  if (value instanceof CelList) {
    let cost = 0
    for (let index = 0; index < value.size; index++) cost += walk(value.at(index))
    return cost
  }
  if (value instanceof CelMap) {
    let cost = 0
    for (const key of value.keys()) cost += walk(key) + walk(value.find(key) ?? null)
    return cost
  }
  return 1
}

const selector: CallCost = (_result, _a, b) => {
  const length = plainSize(b)
  return 10 + tenth(length) + Math.ceil(Math.ceil(length * 0.5) * 50)
}

const byName = (names: string, cost: CallCost): [string, CallCost][] => names.split(' ').map((name) => [name, cost])

/** Costs of Kubernetes' functions by name. @see apiserver/pkg/cel/library/cost.go */
const functions = new Map<string, CallCost>([
  ['check', () => 350_000],
  ...byName('serviceAccount path group resource subresource namespace name allowed reason error errored', one),
  ...byName('fieldSelector labelSelector', selector),
  ...byName('isSorted sum max min indexOf lastIndexOf', (_result, a) => (a === undefined ? 0 : walk(a))),
  ...byName('url lowerAscii upperAscii substring trim jsonpatch.escapeKey', traverseFirst),
  ...byName('replace split', traverseTwice),
  ['join', (result) => Math.ceil(plainSize(result) * 2 * traversal)],
  ...byName('find findAll', find),
  ...byName('cidr isIP isCIDR quantity isQuantity semver isSemver', traverseFirst),
  ['ip.isCanonical', traverseTwice],
  ...byName(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named',
    one,
  ),
  ...byName(
    'sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery',
    one,
  ),
])

/** An object whose size counts in costs: CIDRs, whose base address has 4 or 16 bytes, and formats with long patterns. */
export interface Sized {
  readonly costSize: number
}

const costSize = (value: Value | undefined): number =>
  value instanceof CelObject && 'costSize' in value && typeof value.costSize === 'number'
    ? value.costSize
    : plainSize(value)

const containsIP =
  (parses: boolean): CallCost =>
  (_result, a, b) =>
    Math.ceil(2 * costSize(a) * traversal) + (parses ? tenth(costSize(b)) : 0)

const containsCIDR =
  (parses: boolean): CallCost =>
  (_result, a, b) =>
    Math.ceil(2 * costSize(a) * traversal) + tenth(costSize(a)) + 1 + (parses ? tenth(costSize(b)) : 0)

const validate: CallCost = (_result, format, text) => regexCost(plainSize(text), costSize(format))

const allocating = (factor: number, size: number): number => Math.trunc(size * factor) + 1 + 10
const outputSize: CallCost = (result) => allocating(1, actualSize(result))

function selfCompare(list: Value | undefined): number {
  if (list instanceof CelError)
    throw new InternalFailure('interface conversion: *types.Err is not traits.Lister: missing method Add')
  if (!(list instanceof CelList) || list.size === 0) return allocating(2, 0)
  const kind = typeOfValue(list.at(0)).kind
  return allocating(kind === 'string' || kind === 'bytes' ? 2.1 : 2, list.size * list.size)
}

const sets =
  (factor: number): CallCost =>
  (_result, a, b) =>
    1 + actualSize(a) * actualSize(b) * factor

const flatten: CallCost = (_result, list, depth) =>
  allocating(typeof depth === 'bigint' ? Number(depth) : 1, actualSize(list))

const smaller: CallCost = (_result, a, b) => tenth(Math.min(actualSize(a), actualSize(b)))
const sumOfBoth: CallCost = (_result, a, b) => tenth(actualSize(a) + actualSize(b))
const traverse: CallCost = (_result, a) => tenth(actualSize(a))

const byOverload = (names: string, cost: CallCost): [string, CallCost][] => byName(names, cost)

/** Costs of the extended list functions, which go before all others. */
const lists = new Map<string, CallCost>([
  ...byOverload('list_slice lists_range list_reverse', outputSize),
  ...byOverload('list_flatten list_flatten_int', flatten),
  ['list_distinct', (_result, list) => selfCompare(list)],
  ...byOverload('list_sets_contains_list list_sets_intersects_list', sets(1)),
  ['list_sets_equivalent_list', sets(2)],
])

/** Costs of the language's own functions. @see cel-go interpreter/runtimecost.go */
const overloads = new Map<string, CallCost>([
  ...byOverload('starts_with_string ends_with_string', traverse),
  ...byOverload('string_to_bytes bytes_to_string strings_quote string_format', traverse),
  ['in_list', (_result, _a, b) => actualSize(b)],
  ...byOverload('less_string greater_string less_equals_string greater_equals_string', smaller),
  ...byOverload('less_bytes greater_bytes less_equals_bytes greater_equals_bytes', smaller),
  ...byOverload('add_string add_bytes', sumOfBoth),
  ['matches_string', (_result, a, b) => regexCost(actualSize(a), actualSize(b))],
  ['contains_string', (_result, a, b) => tenth(actualSize(a)) * tenth(actualSize(b))],
])

/** How the cost of a call is computed; the overload is empty when only the values tell which it is. */
export function callCost(name: string, overload: string): CallCost {
  const ofList = lists.get(overload)
  if (ofList) return ofList
  if (/^list_.*_sort$/.test(overload)) return (_result, list) => selfCompare(list)
  if (/_sortByAssociatedKeys$/.test(overload)) return (_result, _list, keys) => selfCompare(keys)
  if (name === 'ip') return overload === 'cidr_ip' ? one : traverseFirst
  if (name === 'containsIP') return containsIP(overload === 'cidr_contains_ip_string')
  if (name === 'containsCIDR') return containsCIDR(overload === 'cidr_contains_cidr_string')
  if (name === 'validate') return validate
  return functions.get(name) ?? overloads.get(overload) ?? one
}

/** The cost of `==` and `!=`. */
export function equalityCost(a: Value, b: Value): number {
  return a instanceof CelObject ? 1 : tenth(Math.min(actualSize(a), actualSize(b)))
}
