import type { CelType } from '../types/cel-type.ts'
import type { CallEstimate, SizedNode, SizeEstimator } from './node.ts'
import { addRanges, fixed, maxUint64, multiplyRanges, type Range, scaleRange, unknownRange } from './range.ts'

/** Of strings and lists: a tenth for each element that is passed. */
export const traversal = 0.1
/** Of patterns: four characters are about one expression. */
export const regexLength = 0.25

const one: CallEstimate = { cost: fixed(1) }

/** Estimates one call; undefined when nothing special is known. */
type Estimate = (context: Call) => CallEstimate | undefined

interface Call {
  readonly overload: string
  readonly target: SizedNode | undefined
  readonly args: readonly SizedNode[]
  readonly sizeOf: (node: SizedNode) => Range
}

const nominal: Estimate = () => one

const ofFirst =
  (factor: number, sized = false): Estimate =>
  ({ args: [first], sizeOf }) => {
    if (!first) return undefined
    const size = sizeOf(first)
    return { cost: scaleRange(size, factor), ...(sized && { size }) }
  }

const ofTarget: Estimate = ({ target, sizeOf }) => {
  if (!target) return undefined
  const size = sizeOf(target)
  return { cost: scaleRange(size, traversal), size }
}

/** The elements of a list, or undefined for what is none. */
function elementsOf({ type, path }: SizedNode): SizedNode | undefined {
  const [element] = type.params
  if (!element) return undefined
  return { type: element, path: path && [...path, '@items'], expr: undefined, size: undefined }
}

const isText = ({ kind }: CelType): boolean => kind === 'string' || kind === 'bytes'

const overElements: Estimate = ({ target, sizeOf }) => {
  if (!target) return undefined
  const element = elementsOf(target)
  if (!element) return { cost: scaleRange(sizeOf(target), traversal) }
  const each = isText(element.type) ? addRanges(fixed(1), scaleRange(sizeOf(element), traversal)) : fixed(1)
  return { cost: multiplyRanges(sizeOf(target), each) }
}

const ceilDivide = (a: bigint, b: bigint): bigint => BigInt(Math.ceil(Number(a) / Number(b)))
const plusOne = (value: bigint): bigint => (value < maxUint64 ? value + 1n : value)

const replace: Estimate = ({ target, args: [old, by], sizeOf }) => {
  if (!target || !old || !by) return undefined
  const size = sizeOf(target)
  const from = sizeOf(old)
  const to = sizeOf(by)
  const count = { min: 0n, max: 0n }
  const kept = { min: 0n, max: 0n }
  if (from.min === 0n) {
    count.max = plusOne(size.max)
    kept.max = size.max
  } else if (to.max <= from.min) kept.max = size.max
  else count.max = ceilDivide(size.max, from.min)
  if (from.max === 0n) {
    count.min = plusOne(size.min)
    kept.min = size.min
  } else if (from.max <= to.min) kept.min = size.min
  else count.min = ceilDivide(size.min, from.max)
  return { cost: scaleRange(size, 2 * traversal), size: addRanges(multiplyRanges(count, to), kept) }
}

const split: Estimate = ({ target, args: [, limit], sizeOf }) => {
  if (!target) return undefined
  const size = sizeOf(target)
  const most = limit?.expr?.kind === 'literal' && typeof limit.expr.value === 'bigint' ? limit.expr.value : undefined
  const max = most === undefined ? size.max : BigInt.asUintN(64, most)
  return { cost: scaleRange(size, 2 * traversal), size: { min: 0n, max } }
}

const join: Estimate = ({ target, args: [separator], sizeOf }) => {
  if (!target) return undefined
  const list = sizeOf(target)
  const element = elementsOf(target)
  let size: Range = element ? multiplyRanges(list, sizeOf(element)) : fixed(0)
  if (separator) {
    const less = (value: bigint): bigint => (value > 0n ? value - 1n : 0n)
    size = addRanges(size, multiplyRanges(sizeOf(separator), { min: less(list.min), max: less(list.max) }))
  }
  return { cost: scaleRange(size, traversal), size }
}

/** The cost of a pattern on a text. */
export const regexCost = (text: Range, pattern: Range): Range =>
  multiplyRanges(scaleRange(addRanges(text, fixed(1)), traversal), scaleRange(pattern, regexLength))

const find: Estimate = ({ target, args: [pattern], sizeOf }) => {
  if (!target || !pattern) return undefined
  const text = sizeOf(target)
  return { cost: regexCost(text, sizeOf(pattern)), size: { min: 0n, max: text.max } }
}

const selector: Estimate = ({ args: [text], sizeOf }) => {
  if (!text) return undefined
  const size = sizeOf(text)
  const parsed = scaleRange(size, traversal)
  const requirements = multiplyRanges(scaleRange(size, 0.5), fixed(50))
  return { cost: addRanges(addRanges(parsed, requirements), fixed(10)) }
}

/** An address has 4 or 16 bytes. */
const addressSize: Range = { min: 4n, max: 16n }

const contains =
  (cidr: boolean): Estimate =>
  ({ args: [other], overload, sizeOf }) => {
    if (!other) return undefined
    let cost = scaleRange(addRanges(addressSize, addressSize), traversal)
    if (cidr) cost = addRanges(addRanges(cost, scaleRange(addressSize, traversal)), fixed(1))
    if (overload.endsWith('_string')) cost = addRanges(cost, scaleRange(sizeOf(other), traversal))
    return { cost }
  }

/** The longest pattern of a named format, as upstream has it. */
const maxFormatPattern = 128
/** The longest name of a named format. */
const maxFormatSize = 64n

const validate: Estimate = ({ args: [text], sizeOf }) =>
  text && { cost: scaleRange(scaleRange(sizeOf(text), traversal), maxFormatPattern * regexLength) }

const opaqueNames = new Set(['net.IP', 'net.CIDR'])

const equals: Estimate = ({ args: [left, right] }) => {
  if (!left || !right || left.type.name !== right.type.name || left.type.kind !== right.type.kind) return undefined
  const { kind, name } = left.type
  if (kind === 'opaque') return opaqueNames.has(name) ? one : undefined
  if (kind !== 'struct') return undefined
  if (name === 'kubernetes.Quantity' || name === 'kubernetes.Semver' || name.startsWith('kubernetes.authorization.'))
    return one
  if (name === 'kubernetes.NamedFormat') return { cost: scaleRange({ min: 1n, max: maxFormatSize }, traversal) }
  if (name !== 'kubernetes.URL') return undefined
  return { cost: scaleRange({ min: 1n, max: right.size?.max ?? 1n }, traversal) }
}

const byName = (names: string, estimate: Estimate): [string, Estimate][] =>
  names.split(' ').map((name) => [name, estimate])

/** Kubernetes' estimates by the name of the function. @see apiserver/pkg/cel/library/cost.go */
const functions = new Map<string, Estimate>([
  ['check', () => ({ cost: fixed(350_000) })],
  ...byName('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...byName('fieldSelector labelSelector', selector),
  ...byName('isSorted sum max min indexOf lastIndexOf', overElements),
  ...byName('url jsonpatch.escapeKey', ofFirst(traversal, true)),
  ...byName('lowerAscii upperAscii substring trim', ofTarget),
  ['replace', replace],
  ['split', split],
  ['join', join],
  ...byName('find findAll', find),
  ...byName('cidr isIP isCIDR quantity isQuantity semver isSemver', ofFirst(traversal)),
  ['ip', (call) => (call.overload === 'cidr_ip' ? one : ofFirst(traversal)(call))],
  ['ip.isCanonical', ofFirst(2 * traversal)],
  ...byName(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
    nominal,
  ),
  ['containsIP', contains(false)],
  ['containsCIDR', contains(true)],
  ['validate', validate],
  ['format.named', nominal],
  ...byName('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub', nominal),
  ...byName('major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery', nominal),
  ['_==_', equals],
])

const allocating = (factor: number, size: Range): CallEstimate => ({
  cost: addRanges(scaleRange(size, factor), fixed(11)),
  size,
})

const literalInt = (node: SizedNode | undefined, otherwise: bigint): bigint => {
  const value = node?.expr?.kind === 'literal' ? node.expr.value : undefined
  return typeof value !== 'bigint' ? otherwise : value < 0n ? 0n : value
}

const selfCompare = (size: Range, text: boolean): CallEstimate =>
  allocating(text ? 2 + traversal : 2, multiplyRanges(size, size))

const sets =
  (factor: number): Estimate =>
  ({ args: [a, b], sizeOf }) =>
    a && b && { cost: addRanges(scaleRange(multiplyRanges(sizeOf(a), sizeOf(b)), factor), fixed(1)) }

/** Estimates of the extended list functions and of sets, which go before all others. @see cel-go ext/lists.go, ext/sets.go */
const overloads = new Map<string, Estimate>([
  [
    'list_slice',
    ({ target, args: [start, end], sizeOf }) =>
      target && allocating(1, fixed(literalInt(end, sizeOf(target).max) - literalInt(start, 0n))),
  ],
  ['list_flatten', ({ target, sizeOf }) => target && allocating(1, sizeOf(target))],
  [
    'list_flatten_int',
    ({ target, args: [depth], sizeOf }) => target && allocating(Number(literalInt(depth, maxUint64)), sizeOf(target)),
  ],
  ['lists_range', ({ args: [length] }) => allocating(1, fixed(literalInt(length, maxUint64)))],
  ['list_reverse', ({ target, sizeOf }) => target && allocating(1, sizeOf(target))],
  ['list_distinct', ({ target, sizeOf }) => target && selfCompare(sizeOf(target), false)],
  ['list_sets_contains_list', sets(1)],
  ['list_sets_intersects_list', sets(1)],
  ['list_sets_equivalent_list', sets(2)],
])

const sorting = /^list_(.*)_(sort|sortByAssociatedKeys)$/

/** What a library knows about a call; undefined when the language's own rules apply. */
export function estimateLibraryCall(
  name: string,
  overload: string,
  target: SizedNode | undefined,
  args: readonly SizedNode[],
  sizes: SizeEstimator,
): CallEstimate | undefined {
  const sizeOf = (node: SizedNode): Range =>
    node.size ?? (node.path && node.path.length > 0 ? sizes(node.path) : undefined) ?? unknownRange
  const call = { overload, target, args, sizeOf }
  const special = overloads.get(overload)
  if (special) return special(call)
  const sort = sorting.exec(overload)
  if (sort) {
    const keys = sort[2] === 'sort' ? target : args[0]
    return keys && selfCompare(sizeOf(keys), sort[1] === 'string' || sort[1] === 'bytes')
  }
  return functions.get(name)?.(call)
}
