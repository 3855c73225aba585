import { type FieldError, type FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { shownRule } from '../shown.ts'

/** What compiling one expression of a rule came to. */
export type CheckedExpression = { readonly maxCost: bigint } | { readonly error: string } | undefined

/** A rule of `x-kubernetes-validations`, compiled. */
export interface CheckedRule {
  readonly rule: CheckedExpression
  readonly message: CheckedExpression
  readonly usesOldSelf: boolean
  /** How often the schema may occur in a request, when nothing bounds it. */
  readonly maxCardinality: bigint
}

/** Compiles the rules of one schema, not of those below it; undefined for a schema without a type. */
export type RuleCompiler = (schema: Fields, isResource: boolean) => readonly CheckedRule[] | undefined

const perExpression = 10_000_000n
const perSchema = 100_000_000n
const maxUint64 = 18_446_744_073_709_551_615n
const listName = 'x-kubernetes-validations'

/** Where a schema stands, as far as its rules must know. */
export interface RulePlace {
  /** How often it may occur in an object; undefined when nothing bounds it. */
  readonly cardinality: bigint | undefined
  /** The first list above whose items cannot be told apart, so that nothing below can be compared with what it was. */
  readonly uncorrelated: FieldPath | undefined
}

/** The place of the root. */
export const rootPlace: RulePlace = { cardinality: 1n, uncorrelated: undefined }

/** The place of what lies below a schema. */
export function placeBelow(schema: Fields, path: FieldPath, place: RulePlace, isItem: boolean): RulePlace {
  const often = elementsOf(schema)
  const { cardinality } = place
  const bounded = cardinality === undefined || often === undefined ? undefined : bounds(cardinality * often)
  const loses = isItem && schema['x-kubernetes-list-type'] !== 'map'
  return { cardinality: bounded, uncorrelated: place.uncorrelated ?? (loses ? path : undefined) }
}

function elementsOf(schema: Fields): bigint | undefined {
  const limit = (value: unknown) => (typeof value === 'number' ? BigInt(Math.max(0, Math.trunc(value))) : undefined)
  if (schema['type'] === 'array') return limit(schema['maxItems'])
  if (schema['type'] !== 'object' || isAbsent(schema['additionalProperties'])) return 1n
  return limit(schema['maxProperties'])
}

function bounds(value: bigint): bigint {
  return value > maxUint64 ? maxUint64 : value
}

/**
 * Compiles the rules of a whole schema, one schema after the other, and adds up what they may cost.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
export class RuleChecks {
  readonly errors: FieldError[] = []
  readonly #compile: RuleCompiler
  readonly #unchanged: boolean
  #total = 0n
  #expensive: { readonly path: FieldPath; readonly cost: bigint }[] = []

  /** @param unchanged true for a schema that is stored already: what its rules may cost is not held against it */
  constructor(compile: RuleCompiler, unchanged: boolean) {
    this.#compile = compile
    this.#unchanged = unchanged
  }

  /** Checks the rules of one schema that is right in itself. */
  check(schema: Fields, path: FieldPath, place: RulePlace, isResource: boolean): void {
    const given = objectsOf(schema[listName])
    const rules = given.length === 0 ? [] : (this.#compile(schema, isResource) ?? [])
    for (const [index, rule] of rules.entries()) {
      const source = fieldsOf(given[index])
      const at = path.child(listName).index(index)
      this.#cost(rule, at, place)
      if (hasError(rule.rule)) this.errors.push(invalid(at.child('rule'), shownRule(source), rule.rule.error))
      if (hasError(rule.message))
        this.errors.push(invalid(at.child('messageExpression'), shownRule(source), rule.message.error))
      if (rule.usesOldSelf && place.uncorrelated !== undefined) {
        const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`
        this.errors.push(invalid(at.child('rule'), textOf(source['rule']), why))
      } else if (!rule.usesOldSelf && !isAbsent(source['optionalOldSelf'])) {
        const why = 'may not be set if oldSelf is not used in rule'
        this.errors.push(invalid(at.child('optionalOldSelf'), source['optionalOldSelf'], why))
      }
    }
  }

  /** Says at last whether all rules together may cost too much. */
  finish(path: FieldPath): readonly FieldError[] {
    if (this.#total <= perSchema) return this.errors
    const part = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    return [
      ...this.errors,
      ...this.#expensive.map((one) => forbidden(one.path, part)),
      forbidden(path, exceeds(name, this.#total, perSchema)),
    ]
  }

  #cost({ rule, message, maxCardinality }: CheckedRule, at: FieldPath, { cardinality }: RulePlace): void {
    const own = costOf(rule)
    const cost = bounds(own * (cardinality ?? maxCardinality))
    if (!this.#unchanged && cost > perExpression)
      this.errors.push(forbidden(at.child('rule'), exceeds('estimated rule cost', cost, perExpression)))
    this.#observe(at.child('rule'), cost)
    if (message === undefined || hasError(message)) return
    if (!this.#unchanged && message.maxCost > perExpression) {
      const why = exceeds('estimated messageExpression cost', message.maxCost, perExpression)
      this.errors.push(forbidden(at.child('messageExpression'), why))
    }
    this.#observe(at.child('messageExpression'), message.maxCost)
  }

  #observe(path: FieldPath, cost: bigint): void {
    this.#total = bounds(this.#total + cost)
    if (cost < perSchema / 100n) return
    this.#expensive = [...this.#expensive, { path, cost }]
      .sort((left, right) => (left.cost > right.cost ? -1 : left.cost < right.cost ? 1 : 0))
      .slice(0, 4)
  }
}

function hasError(expression: CheckedExpression): expression is { readonly error: string } {
  return isFields(expression) && 'error' in expression
}

function costOf(expression: CheckedExpression): bigint {
  return expression === undefined || hasError(expression) ? 0n : expression.maxCost
}

function exceeds(name: string, cost: bigint, limit: bigint): string {
  const times = Number(cost) / Number(limit)
  const factor = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared'
  return `${name} exceeds budget by factor of ${factor} (${advice})`
}
