import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr } from '../ast/expr.ts'
import { accumulator } from '../parser/macros.ts'
import { type CelType, errorType } from '../types/cel-type.ts'
import { codePoints } from '../values/traits.ts'
import { CelDuration, CelTimestamp, CelUint, type Value } from '../values/value.ts'
import { estimateLibraryCall, regexCost, traversal } from './call-estimates.ts'
import type { CallEstimate, SizedNode, SizeEstimator } from './node.ts'
import {
  addRanges,
  fixed,
  least,
  maxUint64,
  multiplyRanges,
  type Range,
  scaleRange,
  unionRanges,
  unknownRange,
} from './range.ts'

/**
 * The least and the most that an expression may cost, from what its variables may be. The expression must be checked.
 *
 * @param sizes knows the variables; without it every size is unknown
 * @see cel-go checker/cost.go
 */
export function estimateCost(expr: Expr, sizes: SizeEstimator = () => undefined): Range {
  return new Coster(sizes).cost(expr)
}

/** The sizes of what a list or a map holds. */
interface EntrySize {
  readonly container: 'list' | 'map'
  readonly key: Range
  readonly value: Range
}

interface LocalVariable {
  readonly path: readonly string[]
  readonly size: Range | undefined
  readonly entries: EntrySize | undefined
}

const none: Range = fixed(0)
const noPath: readonly string[] = []

class Coster {
  readonly #sizes: SizeEstimator
  readonly #paths = new Map<Expr, readonly string[]>()
  readonly #known = new Map<Expr, Range>()
  readonly #entries = new Map<Expr, EntrySize>()
  readonly #locals = new Map<string, LocalVariable[]>()

  constructor(sizes: SizeEstimator) {
    this.#sizes = sizes
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return none
      case 'ident':
        return this.#name(expr, expr.name)
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return expr.fields.reduce((sum, field) => addRanges(sum, this.cost(field.value)), fixed(40))
      case 'comprehension':
        return isBind(expr) ? this.#bind(expr) : this.#comprehension(expr)
    }
  }

  #name(expr: Expr, name: string): Range {
    this.#paths.set(expr, this.#local(name)?.path ?? [name])
    return fixed(1)
  }

  #select(expr: SelectExpr): Range {
    if (expr.variable !== undefined && !expr.testOnly) return this.#name(expr, expr.variable)
    const operand = this.cost(expr.operand)
    if (expr.testOnly) return operand
    const { kind } = typeOf(expr.operand)
    this.#paths.set(expr, [...this.#path(expr.operand), expr.field])
    return kind === 'map' || kind === 'struct' || kind === 'typeParam' ? addRanges(operand, fixed(1)) : operand
  }

  #call(expr: CallExpr): Range {
    if (expr.function === 'dyn' && expr.args[0]) {
      const cost = addRanges(fixed(1), this.cost(expr.args[0]))
      this.#copySizes(expr, expr.args[0])
      return cost
    }
    const costs = expr.args.map((arg) => this.cost(arg))
    const args = expr.args.map((arg) => this.#node(arg))
    const overloads = expr.overloads ?? []
    if (overloads.length === 0) return none
    const before = expr.target ? this.cost(expr.target) : none
    const target = expr.target && this.#node(expr.target)
    let cost: Range = { min: maxUint64, max: 0n }
    let size: Range | undefined
    for (const overload of overloads) {
      const estimate = this.#overload(expr, overload, target, args, costs)
      cost = unionRanges(cost, estimate.cost)
      if (estimate.size) size = size ? unionRanges(size, estimate.size) : estimate.size
      const [first] = expr.args
      if (first && (overload === 'index_list' || overload === 'index_map')) {
        size = this.#entriesOf(first)?.value
        this.#paths.set(expr, [...this.#path(first), overload === 'index_list' ? '@items' : '@values'])
      }
      size ??= this.#size(expr)
    }
    if (size) this.#known.set(expr, size)
    return addRanges(before, cost)
  }

  #list(expr: ListExpr): Range {
    let sum = none
    let item: Range = { min: expr.elements.length === 0 ? 0n : maxUint64, max: 0n }
    for (const element of expr.elements) {
      sum = addRanges(sum, this.cost(element))
      item = unionRanges(item, this.#size(element) ?? unknownRange)
    }
    this.#entries.set(expr, { container: 'list', key: fixed(1), value: item })
    return addRanges(sum, fixed(10))
  }

  #map(expr: MapExpr): Range {
    let sum = none
    const least = expr.entries.length === 0 ? 0n : maxUint64
    let key: Range = { min: least, max: 0n }
    let value: Range = { min: least, max: 0n }
    for (const entry of expr.entries) {
      sum = addRanges(addRanges(sum, this.cost(entry.key)), this.cost(entry.value))
      key = unionRanges(key, this.#size(entry.key) ?? unknownRange)
      value = unionRanges(value, this.#size(entry.value) ?? unknownRange)
    }
    this.#entries.set(expr, { container: 'map', key, value })
    return addRanges(sum, fixed(30))
  }

  #bind(expr: ComprehensionExpr): Range {
    const before = addRanges(this.cost(expr.range), this.cost(expr.init))
    this.#pushValue(expr.accuVar, expr.init)
    const sum = addRanges(before, this.cost(expr.result))
    this.#pop(expr.accuVar)
    this.#copySizes(expr, expr.result)
    return sum
  }

  #comprehension(expr: ComprehensionExpr): Range {
    let sum = addRanges(this.cost(expr.range), this.cost(expr.init))
    this.#pushValue(expr.accuVar, expr.init)
    const two = expr.iterVar2 !== ''
    this.#pushIteration(expr.iterVar, expr.range, two ? 'key' : 'single')
    if (two) this.#pushIteration(expr.iterVar2, expr.range, 'value')
    const loop = this.cost(expr.condition)
    const step = this.cost(expr.step)
    this.#pop(expr.iterVar)
    if (two) this.#pop(expr.iterVar2)
    sum = addRanges(sum, this.cost(expr.result))
    this.#pop(expr.accuVar)
    const rounds = this.#size(expr.range) ?? unknownRange
    sum = addRanges(sum, multiplyRanges(rounds, addRanges(step, loop)))
    const { kind } = expr.init
    if (kind === 'literal') {
      const size = this.#size(expr.init)
      if (size) this.#known.set(expr, size)
    } else if (kind === 'list' || kind === 'map') {
      this.#known.set(expr, rounds)
      const entries = this.#entriesOf(expr.step)
      if (entries) this.#entries.set(expr, entries)
    }
    return sum
  }

  #overload(
    expr: CallExpr,
    overload: string,
    target: SizedNode | undefined,
    args: readonly SizedNode[],
    costs: readonly Range[],
  ): CallEstimate {
    const sum = costs.reduce(addRanges, none)
    const known = estimateLibraryCall(expr.function, overload, target, args, this.#sizes)
    if (known) return { ...known, cost: addRanges(known.cost, sum) }
    const own = this.#language(expr, overload, target, args, costs)
    if (own) return own
    const simple = simpleCost(overload, target, args)
    return simple ? { ...simple, cost: addRanges(simple.cost, sum) } : { cost: addRanges(fixed(1), sum) }
  }

  /** Operators whose operands are not all computed, or that join what they hold. */
  #language(
    expr: CallExpr,
    overload: string,
    _target: SizedNode | undefined,
    args: readonly SizedNode[],
    costs: readonly Range[],
  ): CallEstimate | undefined {
    const [first = none, second = none, third = none] = costs
    if (overload === 'logical_or' || overload === 'logical_and')
      return { cost: { min: first.min, max: addRanges(first, second).max } }
    if (overload === 'conditional') {
      const [, yes, no] = args
      if (!yes?.expr || !no?.expr) return undefined
      this.#joinEntries(expr, yes.expr, no.expr)
      return {
        cost: addRanges(first, unionRanges(second, third)),
        size: unionRanges(yes.size ?? unknownRange, no.size ?? unknownRange),
      }
    }
    if (overload === 'add_string' || overload === 'add_bytes' || overload === 'add_list') {
      const [left, right] = args
      if (!left?.expr || !right?.expr) return undefined
      const size = addRanges(left.size ?? unknownRange, right.size ?? unknownRange)
      this.#joinEntries(expr, left.expr, right.expr)
      const cost = overload === 'add_list' ? fixed(1) : scaleRange(size, traversal)
      return { cost: addRanges(cost, addRanges(first, second)), size }
    }
    return undefined
  }

  #joinEntries(expr: Expr, a: Expr, b: Expr): void {
    const left = this.#entriesOf(a)
    const right = this.#entriesOf(b)
    if (!left || !right) return
    this.#entries.set(expr, {
      container: left.container,
      key: unionRanges(left.key, right.key),
      value: unionRanges(left.value, right.value),
    })
  }

  #local(name: string): LocalVariable | undefined {
    return this.#locals.get(name)?.at(-1)
  }

  #push(name: string, variable: LocalVariable): void {
    const stack = this.#locals.get(name)
    if (stack) stack.push(variable)
    else this.#locals.set(name, [variable])
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop()
  }

  #pushValue(name: string, expr: Expr): void {
    this.#push(name, { path: this.#path(expr), size: this.#size(expr), entries: this.#entriesOf(expr) })
  }

  #pushIteration(name: string, range: Expr, part: 'key' | 'value' | 'single'): void {
    const entries = this.#entriesOf(range)
    const isList = (entries?.container ?? typeOf(range).kind) === 'list'
    const takesValue = part === 'value' || (part === 'single' && isList)
    const step = takesValue ? (isList ? '@items' : '@values') : isList ? '@indices' : '@keys'
    const size = takesValue ? entries?.value : entries?.key
    this.#push(name, { path: [...this.#path(range), step], size, entries: undefined })
  }

  #path(expr: Expr): readonly string[] {
    const local = expr.kind === 'ident' ? this.#local(expr.name) : undefined
    return local?.path ?? this.#paths.get(expr) ?? noPath
  }

  #node(expr: Expr): SizedNode {
    const path = this.#path(expr)
    const hidden = path.length === 0 || path[0] === accumulator || path[0] === '__result__'
    return { path: hidden ? undefined : path, type: typeOf(expr), expr, size: this.#size(expr) }
  }

  #size(expr: Expr): Range | undefined {
    const known = this.#known.get(expr) ?? sizeOfExpression(expr)
    if (known) return known
    const path = this.#path(expr)
    const estimated = path.length > 0 ? this.#sizes(path) : undefined
    if (estimated) {
      this.#known.set(expr, estimated)
      return estimated
    }
    if (isScalar(typeOf(expr))) return fixed(1)
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined
  }

  #entriesOf(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.entries : undefined)
  }

  #copySizes(to: Expr, from: Expr): void {
    const size = this.#size(from)
    if (size) this.#known.set(to, size)
    const entries = this.#entriesOf(from)
    if (entries) this.#entries.set(to, entries)
  }
}

const typeOf = (expr: Expr): CelType => expr.type ?? errorType

function isBind({ range, condition, accuVar }: ComprehensionExpr): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    accuVar !== '__result__'
  )
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])

function isScalar(type: CelType): boolean {
  if (type.kind === 'opaque' && type.name === 'optional_type') return type.params[0] ? isScalar(type.params[0]) : false
  return scalars.has(type.kind)
}

function sizeOfLiteral(value: Value): bigint | undefined {
  if (typeof value === 'string') return BigInt(codePoints(value))
  if (value instanceof Uint8Array) return BigInt(value.length)
  const scalar =
    value === null ||
    typeof value !== 'object' ||
    value instanceof CelUint ||
    value instanceof CelDuration ||
    value instanceof CelTimestamp
  return scalar ? 1n : undefined
}

function sizeOfExpression(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return fixed(expr.elements.length)
  if (expr.kind === 'map') return fixed(expr.entries.length)
  const size = expr.kind === 'literal' ? sizeOfLiteral(expr.value) : undefined
  return size === undefined ? undefined : fixed(size)
}

const comparisons = new Set(
  ['less', 'greater', 'less_equals', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`]),
)

/** What the language's own functions cost by the sizes of their operands. */
function simpleCost(
  overload: string,
  target: SizedNode | undefined,
  args: readonly SizedNode[],
): CallEstimate | undefined {
  const [first, second] = args
  const size = first?.size ?? unknownRange
  const walked = scaleRange(size, traversal)
  const receiver = target?.size ?? unknownRange
  switch (overload) {
    case 'string_format':
      return target && { cost: scaleRange(receiver, traversal) }
    case 'string_to_bytes':
      return { cost: walked, size: { min: size.min, max: BigInt.asUintN(64, size.max * 4n) } }
    case 'bytes_to_string':
      return { cost: walked, size: { min: size.min / 4n, max: size.max } }
    case 'strings_quote':
      return {
        cost: walked,
        size: { min: BigInt.asUintN(64, size.min + 2n), max: BigInt.asUintN(64, size.max * 2n + 2n) },
      }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: walked }
    case 'in_list':
      return { cost: scaleRange(second?.size ?? unknownRange, 1) }
    case 'matches_string':
      return target && { cost: regexCost(receiver, size) }
    case 'contains_string':
      return target && { cost: multiplyRanges(scaleRange(receiver, traversal), walked) }
  }
  if (overload !== 'equals' && overload !== 'not_equals' && !comparisons.has(overload)) return undefined
  const other = second?.size ?? unknownRange
  const smallest = least(size.max, other.max)
  return { cost: scaleRange({ min: smallest > 0n ? 1n : 0n, max: smallest }, traversal) }
}
