import type { StructDeclaration } from '../checker/environment.ts'
import type { SizeEstimator } from '../estimate/node.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  timestampType,
} from '../types/cel-type.ts'
import { escapeName } from './names.ts'
import type { Schema } from './schema.ts'

/** The most bytes of a request. */
export const maxRequestSize = 3_145_728n

/** What a schema is to an expression: its type, how long it may be, and how short it can be written. */
export interface DeclaredType {
  readonly type: CelType
  readonly maxElements: bigint
  /** Bytes of JSON. */
  readonly minSize: bigint
  readonly key?: DeclaredType
  readonly element?: DeclaredType
  /** By escaped name. */
  readonly fields?: ReadonlyMap<string, DeclaredType>
}

/** What has no length. */
const none = 0n
const simple = (type: CelType, minSize: bigint, maxElements: bigint = none): DeclaredType => ({
  type,
  minSize,
  maxElements,
})
const text = simple(stringType, 2n)
const atLeastZero = (value: bigint): bigint => (value < 0n ? 0n : value)

/** What is left of a request for a string. */
const longestText = maxRequestSize - 2n

function declareText(schema: Schema): DeclaredType {
  const { format, maxLength } = schema
  switch (format) {
    case 'byte':
      return simple(bytesType, 2n, maxLength === undefined ? longestText : atLeastZero(maxLength))
    case 'duration':
      return simple(durationType, 3n, 32n)
    case 'date':
      return simple(timestampType, 12n, 12n)
    case 'date-time':
      return simple(timestampType, 21n, 32n)
  }
  if (maxLength !== undefined) return simple(stringType, 2n, atLeastZero(maxLength) * 4n)
  if (schema.enumeration.length === 0) return simple(stringType, 2n, longestText)
  const lengths = schema.enumeration.map((value) =>
    typeof value === 'string' ? new TextEncoder().encode(value).length : 0,
  )
  return simple(stringType, 2n, BigInt(Math.max(...lengths)))
}

/** Types of objects are named by where they are, from `root`. */
function declareObject(schema: Schema, name: string): DeclaredType | undefined {
  const { additional } = schema
  if (additional) {
    const element = declare(additional, additional.embedded, `${name}.@elem`)
    if (!element) return undefined
    const most =
      schema.maxProperties === undefined ? longestText / (element.minSize + 6n) : atLeastZero(schema.maxProperties)
    return { type: mapType(stringType, element.type), maxElements: most, minSize: 2n, key: text, element }
  }
  const fields = new Map<string, DeclaredType>()
  let minSize = 2n
  for (const [property, own] of schema.properties) {
    const escaped = escapeName(property)
    const field = declare(own, own.embedded, `${name}.${escaped ?? property}`)
    if (!field) continue
    if (escaped !== undefined) fields.set(escaped, field)
    if (schema.required.includes(property) && !own.hasDefault)
      minSize += BigInt(new TextEncoder().encode(property).length) + field.minSize + 4n
  }
  return { type: structType(name), maxElements: none, minSize, fields }
}

/**
 * The type of what a schema describes; undefined where the schema does not say enough.
 *
 * @param isResource `apiVersion`, `kind` and `metadata` are there, whatever the schema says
 * @param name what object types are named
 * @see apiserver/pkg/cel/common/schemas.go
 */
export function declare(schema: Schema, isResource: boolean, name: string): DeclaredType | undefined {
  if (schema.intOrString)
    return simple(dynType, 1n, schema.maxLength === undefined ? longestText : atLeastZero(schema.maxLength) * 4n)
  const known = isResource ? schema.asResource() : schema
  switch (known.type) {
    case 'array': {
      const { items } = known
      const element = items && declare(items, items.embedded, `${name}.@idx`)
      if (!element) return undefined
      const most = known.maxItems === undefined ? longestText / (element.minSize + 1n) : atLeastZero(known.maxItems)
      return { type: listType(element.type), maxElements: most, minSize: 2n, element }
    }
    case 'object':
      return declareObject(known, name)
    case 'string':
      return declareText(known)
    case 'boolean':
      return simple(boolType, 4n)
    case 'number':
      return simple(doubleType, 1n)
    case 'integer':
      return simple(intType, 1n)
    default:
      return undefined
  }
}

/** Words of the language may be written as they are, too: `self.namespace`. */
const declarationOf = (name: string, fields: ReadonlyMap<string, DeclaredType>): StructDeclaration => ({
  name,
  field: (field) => (fields.get(field) ?? fields.get(`__${field}__`))?.type,
})

/** The object types in a type. */
export function structsOf(declared: DeclaredType): readonly StructDeclaration[] {
  const found: StructDeclaration[] = []
  const visit = (type: DeclaredType): void => {
    if (type.element) visit(type.element)
    if (!type.fields) return
    found.push(declarationOf(type.type.name, type.fields))
    for (const field of type.fields.values()) visit(field)
  }
  visit(declared)
  return found
}

/** The sizes below `self` and `oldSelf`. */
export const sizesOf =
  (declared: DeclaredType): SizeEstimator =>
  ([, ...path]) => {
    let current: DeclaredType | undefined = declared
    for (const step of path) {
      if (step === '@items' || step === '@values') current = current.element
      else if (step === '@keys') current = current.key
      else current = current.fields?.get(step)
      if (!current) return undefined
    }
    return { min: 0n, max: current.maxElements }
  }
