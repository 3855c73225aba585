import { deepEqual, type FieldError, type FieldPath, quote } from '@kube-bonsai/apimachinery'
import { type Fields, isFields } from '../../meta/json.ts'
import { Correlation } from './correlation.ts'
import {
  addFailure,
  enumFailure,
  type Failure,
  generalFailure,
  limitFailure,
  mergeOutcome,
  newOutcome,
  type Outcome,
  requiredFailure,
  tooLongFailure,
  tooManyFailure,
  typeFailure,
} from './failures.ts'
import { hasFormat } from './formats.ts'
import type { SchemaNode } from './node.ts'
import { numberFailures } from './numbers.ts'

/**
 * Everything in which a value violates its schema. What an update leaves as it was is let through.
 *
 * @param base where the value stands; undefined for a whole object
 * @param before the value beside the one of before; undefined for a new one
 * @see https://github.com/kubernetes/kube-openapi/tree/master/pkg/validation/validate
 */
export function schemaErrors(
  base: FieldPath | undefined,
  node: SchemaNode,
  value: unknown,
  before?: Correlation,
): readonly FieldError[] {
  const outcome = before === undefined ? check(node, value, '', undefined) : checkUnlessKept(node, value, '', before)
  return outcome.failures.map((failure) => failure.at(base))
}

/** Begins to compare a value with the one of before. */
export function correlate(node: SchemaNode, value: unknown, old: unknown): Correlation {
  return new Correlation(value, old, node)
}

function checkUnlessKept(node: SchemaNode, value: unknown, path: string, before: Correlation): Outcome {
  const outcome = check(node, value, path, before)
  return outcome.failures.length > 0 && before.unchanged ? newOutcome(outcome.score) : outcome
}

function check(node: SchemaNode, value: unknown, path: string, before: Correlation | undefined): Outcome {
  const result = newOutcome()
  if (value === null) {
    const nameless = node.types.length === 0 || node.types.includes('null') || node.nullable
    if (!nameless) addFailure(result, typeFailure(path, node.types.join(','), 'null'))
    if (node.enumeration.length > 0) addFailure(result, enumFailure(path, null, node.enumeration))
    return result
  }
  if (node.types.length > 0 || node.format !== '') {
    const failure = typeProblem(node, value, path)
    note(result, failure, failure === undefined ? 2 : 1)
  }
  mergeOutcome(result, checkJunctors(node, value, path, before))
  result.score++
  if (typeof value === 'string') checkText(result, node, value, path)
  else if (typeof value === 'number') {
    for (const failure of numberFailures(node.limits, value, path)) addFailure(result, failure)
    result.score += 2
  } else if (Array.isArray(value)) checkList(result, node, value, path, before)
  note(result, isAllowed(node, value) ? undefined : enumFailure(path, value, node.enumeration), 1)
  if (isFields(value)) {
    checkFields(result, node, value, path, before)
    result.score++
  }
  result.score++
  return result
}

function note(into: Outcome, failure: Failure | undefined, score: number): void {
  if (failure !== undefined) addFailure(into, failure)
  into.score += score
}

function typeProblem({ types, format }: SchemaNode, value: unknown, path: string): Failure | undefined {
  const actual = typeOf(value)
  const fits =
    types.includes(actual) ||
    (actual === 'number' && Number.isInteger(value) && types.includes('integer')) ||
    (actual === 'integer' && types.includes('number'))
  const textual = typeof value === 'string' || Array.isArray(value)
  if (!textual && format !== '' && !fits) return typeFailure(path, format, goFormat(actual))
  if (textual && format !== '' && !types.includes('number') && !types.includes('integer')) return undefined
  return fits ? undefined : typeFailure(path, types.join(','), actual)
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function goFormat(type: string): string {
  return type === 'integer' ? 'int64' : type === 'number' ? 'float64' : ''
}

/** Numbers are compared after the value is made a number of the allowed one's kind, which cuts fractions off. */
function isAllowed({ enumeration }: SchemaNode, value: unknown): boolean {
  if (enumeration.length === 0) return true
  return enumeration.some(
    (one) =>
      deepEqual(one, value) ||
      (typeof one === 'number' && typeof value === 'number' && Number.isInteger(one) && Math.trunc(value) === one),
  )
}

function checkText(result: Outcome, node: SchemaNode, text: string, path: string): void {
  const { maxLength, minLength } = node.limits
  const failure = (): Failure | undefined => {
    const length = maxLength === undefined && minLength === undefined ? 0 : lengthOf(text)
    if (maxLength !== undefined && length > maxLength) return tooLongFailure(path, maxLength)
    if (minLength !== undefined && length < minLength)
      return limitFailure(path, text, `should be at least ${minLength} chars long`)
    const { pattern } = node
    if (pattern === undefined || pattern.matches(text)) return undefined
    const said =
      pattern.problem === '' ? pattern.source : `${pattern.source}, but pattern is invalid: ${pattern.problem}`
    return limitFailure(path, text, `should match '${said}'`)
  }
  note(result, failure(), 1)
  if (node.format !== '')
    note(result, hasFormat(node.format, text) ? undefined : typeFailure(path, node.format, text), 1)
}

/** Counts characters, not UTF-16 units. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

function checkList(
  result: Outcome,
  node: SchemaNode,
  list: readonly unknown[],
  path: string,
  before: Correlation | undefined,
): void {
  const { items, limits } = node
  if (items !== undefined) {
    for (let index = 0; index < list.length; index++) {
      const at = `${path}[${index}]`
      const old = before?.index(index)
      const outcome =
        old === undefined ? check(items, list[index], at, undefined) : checkUnlessKept(items, list[index], at, old)
      mergeOutcome(result, outcome)
    }
  }
  if (limits.minItems !== undefined && list.length < limits.minItems)
    addFailure(result, limitFailure(path, list.length, `should have at least ${limits.minItems} items`))
  if (limits.maxItems !== undefined && list.length > limits.maxItems)
    addFailure(result, tooManyFailure(path, list.length, limits.maxItems, 'items'))
  result.score += 2
}

function checkFields(
  result: Outcome,
  node: SchemaNode,
  object: Fields,
  path: string,
  before: Correlation | undefined,
): void {
  const names = Object.keys(object)
  const { minProperties, maxProperties } = node.limits
  if (minProperties !== undefined && names.length < minProperties)
    addFailure(result, limitFailure(path, names.length, `should have at least ${minProperties} properties`))
  if (maxProperties !== undefined && names.length > maxProperties)
    addFailure(result, tooManyFailure(path, names.length, maxProperties, 'properties'))
  const { additional, properties } = node
  const field = (name: string, child: SchemaNode, at: string) => {
    const isTypeMeta = path === '' && (name === 'kind' || name === 'apiVersion')
    const old = isTypeMeta ? undefined : before?.key(name)
    const outcome =
      old === undefined ? check(child, object[name], at, undefined) : checkUnlessKept(child, object[name], at, old)
    mergeOutcome(result, outcome)
  }
  if (additional !== undefined && additional !== true) {
    for (const name of names) {
      if (properties.has(name)) continue
      if (additional !== false) field(name, additional, `${path}.${name}`)
      else addFailure(result, forbiddenField(path, name))
    }
  }
  for (const [name, child] of properties)
    if (Object.hasOwn(object, name)) field(name, child, path === '' ? name : `${path}.${name}`)
  for (const name of node.required)
    if (!Object.hasOwn(object, name)) addFailure(result, requiredFailure(`${path}.${name}`))
}

function forbiddenField(path: string, name: string): Failure {
  const { at } = limitFailure(path, name, '')
  const message = `${path}.${name} in body is a forbidden property`
  return { message, at: (base) => ({ ...at(base), detail: message }) }
}

function checkJunctors(node: SchemaNode, value: unknown, path: string, before: Correlation | undefined): Outcome {
  const { anyOf, oneOf, allOf, not } = node
  const result = newOutcome()
  const outcomes = (nodes: readonly SchemaNode[]) => nodes.map((one) => check(one, value, path, before))
  if (anyOf.length > 0) checkAnyOf(result, anyOf, value, path, before)
  if (oneOf.length > 0) {
    const all = outcomes(oneOf)
    const valid = all.filter(({ failures }) => failures.length === 0)
    const [first] = valid
    if (valid.length === 1 && first !== undefined) mergeOutcome(result, first)
    else {
      const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`
      addFailure(result, generalFailure(`${quote(path)} must validate one and only one schema (oneOf). ${found}`))
      const best = valid.length === 0 ? bestOf(all) : undefined
      if (best !== undefined) mergeOutcome(result, best)
    }
  }
  if (allOf.length > 0) {
    const all = outcomes(allOf)
    const valid = all.filter(({ failures }) => failures.length === 0).length
    for (const outcome of all) mergeOutcome(result, outcome)
    if (valid < all.length) {
      const none = valid === 0 ? '. None validated' : ''
      addFailure(result, generalFailure(`${quote(path)} must validate all the schemas (allOf)${none}`))
    }
  }
  if (not !== undefined && check(not, value, path, before).failures.length === 0)
    addFailure(result, generalFailure(`${quote(path)} must not validate the schema (not)`))
  result.score++
  return result
}

function checkAnyOf(
  result: Outcome,
  anyOf: readonly SchemaNode[],
  value: unknown,
  path: string,
  before: Correlation | undefined,
): void {
  const failed: Outcome[] = []
  for (const one of anyOf) {
    const outcome = check(one, value, path, before)
    if (outcome.failures.length === 0) {
      mergeOutcome(result, outcome)
      return
    }
    failed.push(outcome)
  }
  addFailure(result, generalFailure(`${quote(path)} must validate at least one schema (anyOf)`))
  const best = bestOf(failed)
  if (best !== undefined) mergeOutcome(result, best)
}

/** The first of those with the highest score. */
function bestOf(outcomes: readonly Outcome[]): Outcome | undefined {
  let best: Outcome | undefined
  for (const outcome of outcomes) if (best === undefined || outcome.score > best.score) best = outcome
  return best
}
