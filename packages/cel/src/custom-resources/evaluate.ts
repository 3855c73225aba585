import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  formatFieldError,
  invalid,
  required,
} from '@kube-bonsai/apimachinery'
import { goQuote } from '../values/go-format.ts'
import { CelError, CelOptional, type Value } from '../values/value.ts'
import { type DeclaredType, declare } from './declared-type.ts'
import { resolveFieldPath } from './field-path.ts'
import { escapeName } from './names.ts'
import { type CompiledRule, compileOwnRules } from './rules.ts'
import { isObject, type JsonSchema, Schema } from './schema.ts'
import { schemaValue } from './schema-value.ts'

/** A value beside the one that it replaces, as ratcheting needs it. */
export interface Correlated {
  readonly old: unknown
  /** Whether nothing has changed here. */
  readonly unchanged: boolean
  key(name: string): Correlated | undefined
  index(index: number): Correlated | undefined
}

/** The most that all rules on one object may cost. @see apiserver/pkg/apis/cel/config.go */
export const ruleCostBudget = 10_000_000
const maxMessageBytes = 5120

/** The rules of a schema and of those below it. */
interface RuleNode {
  readonly schema: Schema
  readonly isResource: boolean
  readonly rules: readonly CompiledRule[]
  readonly problem: string | undefined
  readonly items: RuleNode | undefined
  readonly additional: RuleNode | undefined
  readonly properties: ReadonlyMap<string, RuleNode>
  readonly allOf: readonly RuleNode[]
}

/** Rules of `rulesOf` on the values of `schema`: the two differ below `allOf`. */
function nodeOf(
  rulesOf: Schema,
  schema: Schema,
  isResource: boolean,
  declared: DeclaredType | undefined,
): RuleNode | undefined {
  const withRules = new Schema({ ...schema.source, 'x-kubernetes-validations': rulesOf.rules })
  const rules = declared ? compileOwnRules(withRules, declared) : []
  const problem =
    !declared && rulesOf.rules.length > 0 ? 'failed to convert to declType for CEL validation rules' : undefined
  const element = declared?.element
  const below = (own: Schema | undefined, node: Schema | undefined): RuleNode | undefined =>
    own && node && nodeOf(own, node, node.embedded, element)
  const items = below(rulesOf.items, schema.items)
  const additional = below(rulesOf.additional, schema.additional)
  const properties = new Map<string, RuleNode>()
  for (const [name, own] of rulesOf.properties) {
    const property = schema.properties.get(name)
    if (!property) continue
    const escaped = escapeName(name)
    const type =
      escaped === undefined ? declare(property, property.embedded, 'selfType0') : declared?.fields?.get(escaped)
    const node = type && nodeOf(own, property, property.embedded, type)
    if (node) properties.set(name, node)
  }
  const allOf = rulesOf.allOf.flatMap((own) => nodeOf(own, schema, isResource, declared) ?? [])
  const empty =
    rules.length === 0 && problem === undefined && !items && !additional && properties.size === 0 && allOf.length === 0
  return empty ? undefined : { schema, isResource, rules, problem, items, additional, properties, allOf }
}

const compiled = new WeakMap<JsonSchema, { readonly node: RuleNode | undefined }>()

function rootOf(source: JsonSchema): RuleNode | undefined {
  let known = compiled.get(source)
  if (!known) {
    const schema = new Schema(source)
    known = { node: nodeOf(schema, schema, true, declare(schema, true, 'selfType0')) }
    compiled.set(source, known)
  }
  return known.node
}

/** Why nothing more is evaluated. */
class OutOfBudget extends Error {}

/** Ratcheting: the place itself beside its old value, or the nearest one above that has one. */
interface Ratchet {
  readonly current: Correlated | undefined
  readonly nearest: Correlated | undefined
}

const isRatcheted = ({ current, nearest }: Ratchet): boolean => (current ?? nearest)?.unchanged === true

function down(ratchet: Ratchet, step: (correlated: Correlated) => Correlated | undefined): Ratchet {
  const { current } = ratchet
  return current ? { current: step(current), nearest: current } : ratchet
}

function underKey(ratchet: Ratchet, name: string): Ratchet {
  if (ratchet.current && !ratchet.nearest && (name === 'apiVersion' || name === 'kind'))
    return { current: undefined, nearest: undefined }
  return down(ratchet, (correlated) => correlated.key(name))
}

/**
 * Evaluates all `x-kubernetes-validations` of a schema on an object: what it violates.
 *
 * @param schema the schema of a version of a custom resource; keep it: what was compiled is remembered by its identity
 * @param before the object beside its old version, on updates
 * @param warn is told what violates rules but was so before
 * @see apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
export function evaluateRules(
  schema: JsonSchema,
  object: unknown,
  before?: Correlated,
  warn: (text: string) => void = () => undefined,
): readonly FieldError[] {
  const node = rootOf(schema)
  if (!node) return []
  const run = new Evaluator(warn)
  try {
    run.visit(node, FieldPath.root, object, before?.old, { current: before, nearest: undefined })
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
  }
  // Upstream has no path at the root, and prints that.
  return run.errors.map((error) => (error.field === '' ? { ...error, field: '<nil>' } : error))
}

class Evaluator {
  readonly errors: FieldError[] = []
  #budget = ruleCostBudget
  readonly #warn: (text: string) => void

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  visit(node: RuleNode, path: FieldPath, value: unknown, old: unknown, ratchet: Ratchet): void {
    if (value === null || value === undefined) return
    this.#own(node, path, value, old, ratchet)
    for (const one of node.allOf) this.visit(one, path, value, old, { current: undefined, nearest: ratchet.nearest })
    if (Array.isArray(value)) this.#array(node, path, value, old, ratchet)
    else if (isObject(value)) this.#object(node, path, value, old, ratchet)
  }

  #array(node: RuleNode, path: FieldPath, value: readonly unknown[], old: unknown, ratchet: Ratchet): void {
    const { items } = node
    if (!items) return
    const keys = node.schema.listType === 'map' ? node.schema.listMapKeys : undefined
    const keyOf = (item: unknown): string =>
      JSON.stringify(keys?.map((key) => (isObject(item) ? (item[key] ?? null) : null)))
    const byKey = new Map(keys && Array.isArray(old) ? old.map((item: unknown) => [keyOf(item), item]) : [])
    for (const [index, item] of value.entries())
      this.visit(
        items,
        path.index(index),
        item,
        keys ? byKey.get(keyOf(item)) : undefined,
        down(ratchet, (correlated) => correlated.index(index)),
      )
  }

  #object(
    node: RuleNode,
    path: FieldPath,
    value: Readonly<Record<string, unknown>>,
    old: unknown,
    ratchet: Ratchet,
  ): void {
    const correlatable = ['', 'granular', 'atomic'].includes(node.schema.mapType)
    const before = (name: string): unknown =>
      correlatable && isObject(old) && Object.hasOwn(old, name) ? old[name] : undefined
    for (const [name, item] of Object.entries(value)) {
      if (node.additional) this.visit(node.additional, path.key(name), item, before(name), underKey(ratchet, name))
      const property = node.properties.get(name)
      if (property) this.visit(property, path.child(name), item, before(name), underKey(ratchet, name))
    }
  }

  #stop(error: FieldError): never {
    this.errors.push(error)
    throw new OutOfBudget()
  }

  #own(node: RuleNode, path: FieldPath, value: unknown, old: unknown, ratchet: Ratchet): void {
    const { type } = node.schema
    const wrong = (detail: string): FieldError => invalid(path, type, detail)
    if (node.problem !== undefined) {
      this.errors.push(wrong(`rule compiler initialization error: ${node.problem}`))
      return
    }
    if (node.rules.length === 0) return
    const noBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'
    if (this.#budget <= 0) this.#stop(wrong(noBudget))
    const schema = node.isResource ? node.schema.asResource() : node.schema
    const self = schemaValue(value, schema)
    const before = old === null || old === undefined ? undefined : schemaValue(old, schema)
    for (const rule of node.rules) {
      const { source } = rule
      if (!rule.rule) continue
      if ('error' in rule.rule) {
        this.errors.push(wrong(`rule compile error: ${rule.rule.error}`))
        continue
      }
      if (rule.usesOldSelf && before === undefined && !source.optionalOldSelf) continue
      const variables = (optional: boolean) => (name: string) =>
        name === 'self' ? self : optional ? optionalOf(before) : before
      const { value: result, cost } = rule.rule.program.evaluate(variables(source.optionalOldSelf))
      if (cost > this.#budget) this.#stop(wrong(noBudget))
      this.#budget -= cost
      const shown = shownRule(rule)
      if (result instanceof CelError) {
        const { message } = result
        if (message.startsWith('no such overload'))
          this.errors.push(
            wrong(
              `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`,
            ),
          )
        else if (message.startsWith(exceeded))
          this.#stop(
            wrong(
              `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`,
            ),
          )
        else this.errors.push(wrong(`${message} evaluating rule: ${shown}`))
        continue
      }
      if (result === true) continue
      const resolved = source.fieldPath === '' ? undefined : resolveFieldPath(source.fieldPath, node.schema.source)
      const place = resolved && 'path' in resolved ? path.child(String(resolved.path)) : path
      const message = this.#message(rule, variables(false), (detail) => this.#stop(invalid(place, type, detail)))
      const detail = message ?? (source.message === '' ? `failed rule: ${shown}` : source.message.trim())
      const omit = type === 'object' || type === 'array'
      const error = errorFor(source.reason, place, omit ? undefined : value, omit, detail)
      if (!rule.usesOldSelf && isRatcheted(ratchet)) this.#warn(formatFieldError(error))
      else this.errors.push(error)
    }
  }

  /** What the message expression says; undefined when it fails. */
  #message(
    rule: CompiledRule,
    variables: (name: string) => Value | undefined,
    stop: (detail: string) => never,
  ): string | undefined {
    if (!rule.message || 'error' in rule.message) return undefined
    const { value, cost } = rule.message.program.evaluate(variables)
    if (cost > this.#budget)
      stop(
        'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
      )
    if (value instanceof CelError && value.message.startsWith(exceeded))
      stop(
        `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(rule.source.messageExpression)}`,
      )
    this.#budget -= cost
    if (typeof value !== 'string') return undefined
    const text = value.trim()
    const fits = text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= maxMessageBytes
    return fits ? text : undefined
  }
}

const exceeded = 'operation cancelled: actual cost limit exceeded'
const optionalOf = (value: Value | undefined): Value =>
  value === undefined ? CelOptional.none : new CelOptional(value)
const shownRule = ({ source }: CompiledRule): string => (source.message === '' ? source.rule : source.message).trim()

function errorFor(reason: string, path: FieldPath, value: unknown, omit: boolean, detail: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail)
    case 'FieldValueRequired':
      return required(path, detail)
    case 'FieldValueDuplicate':
      return omit ? withoutValue(duplicate(path, '')) : duplicate(path, value)
    default:
      return omit ? withoutValue(invalid(path, '', detail)) : invalid(path, value, detail)
  }
}

function withoutValue(error: FieldError): FieldError {
  const { badValue: _, ...rest } = error
  return rest
}
