import type { FieldError } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, textOf } from '../../meta/json.ts'
import { isKnownFormat } from './formats.ts'
import { compilePattern, type Pattern } from './patterns.ts'

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string
  readonly message: string
  readonly messageExpression: string
  readonly reason: string
  readonly fieldPath: string
  readonly optionalOldSelf: boolean
}

/** One place of an OpenAPI v3 schema, made ready: names looked up once, patterns compiled, what lies below summed up. */
export interface SchemaNode {
  /** The schema as it was written. */
  readonly source: Fields
  /** `type`, or both types of int-or-string. Empty for any. */
  readonly types: readonly string[]
  readonly nullable: boolean
  readonly properties: ReadonlyMap<string, SchemaNode>
  readonly items: SchemaNode | undefined
  /** The schema of fields without one of their own; true where they may hold anything. */
  readonly additional: SchemaNode | boolean | undefined
  readonly defaultValue: unknown
  readonly preserves: boolean
  readonly embedded: boolean
  readonly listType: string
  readonly listMapKeys: readonly string[]
  readonly mapType: string
  readonly format: string
  readonly pattern: Pattern | undefined
  readonly enumeration: readonly unknown[]
  readonly required: readonly string[]
  readonly limits: Limits
  readonly allOf: readonly SchemaNode[]
  readonly anyOf: readonly SchemaNode[]
  readonly oneOf: readonly SchemaNode[]
  readonly not: SchemaNode | undefined
  readonly rules: readonly ValidationRule[]
  /** What is somewhere at or below this place, so that whole subtrees need no visit. */
  readonly below: Below
}

/** The numbers of a schema; undefined where it sets none. */
export interface Limits {
  readonly maximum: number | undefined
  readonly minimum: number | undefined
  readonly exclusiveMaximum: boolean
  readonly exclusiveMinimum: boolean
  readonly multipleOf: number | undefined
  readonly maxLength: number | undefined
  readonly minLength: number | undefined
  readonly maxItems: number | undefined
  readonly minItems: number | undefined
  readonly uniqueItems: boolean
  readonly maxProperties: number | undefined
  readonly minProperties: number | undefined
}

/** What a subtree of a schema contains. */
export interface Below {
  readonly defaults: boolean
  readonly embedded: boolean
  readonly lists: boolean
  readonly rules: boolean
}

/** Checks a value against rules in CEL; what `x-kubernetes-validations` needs. */
export type RuleChecker = (node: SchemaNode, object: unknown, old: unknown) => readonly FieldError[]

/**
 * Makes a schema ready for use. Parts of it that are no schema count as the empty one.
 *
 * @param schema `openAPIV3Schema` as JSON
 */
export function compileSchema(schema: unknown): SchemaNode {
  const source = fieldsOf(schema)
  const intOrString = source['x-kubernetes-int-or-string'] === true
  const type = textOf(source['type'])
  const properties = new Map(Object.entries(fieldsOf(source['properties'])).map(([k, v]) => [k, compileSchema(v)]))
  const items = isFields(source['items']) ? compileSchema(source['items']) : undefined
  const additional = additionalOf(source['additionalProperties'])
  const format = textOf(source['format'])
  const own = {
    properties,
    items,
    additional,
    allOf: listOf(source['allOf']).map(compileSchema),
    anyOf: listOf(source['anyOf']).map(compileSchema),
    oneOf: listOf(source['oneOf']).map(compileSchema),
    not: isFields(source['not']) ? compileSchema(source['not']) : undefined,
    defaultValue: isAbsent(source['default']) ? undefined : source['default'],
    embedded: source['x-kubernetes-embedded-resource'] === true,
    listType: textOf(source['x-kubernetes-list-type']),
    rules: listOf(source['x-kubernetes-validations']).map(ruleOf),
  }
  return {
    ...own,
    source,
    types: intOrString ? ['integer', 'string'] : type === '' ? [] : [type],
    nullable: source['nullable'] === true,
    preserves: source['x-kubernetes-preserve-unknown-fields'] === true,
    listMapKeys: listOf(source['x-kubernetes-list-map-keys']).map(textOf),
    mapType: textOf(source['x-kubernetes-map-type']),
    format: isKnownFormat(format) ? format : '',
    pattern: source['pattern'] ? compilePattern(textOf(source['pattern'])) : undefined,
    enumeration: listOf(source['enum']),
    required: listOf(source['required']).map(textOf),
    limits: limitsOf(source),
    below: belowOf(own),
  }
}

/** A schema that says nothing. */
export const emptySchema: SchemaNode = compileSchema({})

/** The schema of a field; undefined where the schema says nothing of it. */
export function fieldOf(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  if (node === undefined) return undefined
  const own = node.properties.get(name)
  if (own !== undefined) return own
  return typeof node.additional === 'object' ? node.additional : undefined
}

/** The same place as the root of a resource: with metadata of its own. */
export function asResource(node: SchemaNode | undefined): SchemaNode {
  const known = node ?? emptySchema
  return known.embedded ? known : { ...known, embedded: true }
}

function additionalOf(given: unknown): SchemaNode | boolean | undefined {
  if (typeof given === 'boolean') return given
  return isFields(given) ? compileSchema(given) : undefined
}

function ruleOf(given: unknown): ValidationRule {
  const rule = fieldsOf(given)
  return {
    rule: textOf(rule['rule']),
    message: textOf(rule['message']),
    messageExpression: textOf(rule['messageExpression']),
    reason: textOf(rule['reason']),
    fieldPath: textOf(rule['fieldPath']),
    optionalOldSelf: rule['optionalOldSelf'] === true,
  }
}

function limitsOf(source: Fields): Limits {
  const number = (name: string) => (typeof source[name] === 'number' ? source[name] : undefined)
  return {
    maximum: number('maximum'),
    minimum: number('minimum'),
    exclusiveMaximum: source['exclusiveMaximum'] === true,
    exclusiveMinimum: source['exclusiveMinimum'] === true,
    multipleOf: number('multipleOf'),
    maxLength: number('maxLength'),
    minLength: number('minLength'),
    maxItems: number('maxItems'),
    minItems: number('minItems'),
    uniqueItems: source['uniqueItems'] === true,
    maxProperties: number('maxProperties'),
    minProperties: number('minProperties'),
  }
}

type Parts = Pick<
  SchemaNode,
  'properties' | 'items' | 'additional' | 'allOf' | 'defaultValue' | 'embedded' | 'listType' | 'rules'
>

function belowOf({ properties, items, additional, allOf, defaultValue, embedded, listType, rules }: Parts): Below {
  const children = [...properties.values()]
  if (items !== undefined) children.push(items)
  if (typeof additional === 'object') children.push(additional)
  const any = (what: keyof Below) => children.some((child) => child.below[what])
  return {
    defaults: defaultValue !== undefined || any('defaults'),
    embedded: embedded || any('embedded'),
    lists: listType === 'set' || listType === 'map' || any('lists'),
    rules: rules.length > 0 || any('rules') || allOf.some((one) => one.below.rules),
  }
}
