import {
  type FieldSchema,
  type FieldType,
  scheme,
  type TypeResolver,
  type TypeSchema,
  UnknownKindError,
} from '@kube-bonsai/api-types'
import { formatApiVersion, type GroupVersionKind, type KubeObject } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { arbitraryMetadata, type IdentityOptions } from '../values/metadata.ts'
import { arbitraryQuantity } from '../values/quantities.ts'
import { arbitraryMicroTime, arbitraryTime } from '../values/times.ts'

/** How deep and wide objects become. */
export interface SchemaShapedOptions extends IdentityOptions {
  /** The types of the kind: `await scheme.load(group, version)`. Those loaded so far unless given. */
  readonly types?: TypeResolver
  /** Below this depth only required fields are there; 5 unless given. */
  readonly maxDepth?: number
  /** The most items of a list or a map; 2 unless given. */
  readonly maxItems?: number
}

interface Shape {
  readonly types: TypeResolver
  readonly maxDepth: number
  readonly maxItems: number
}

/**
 * Objects of a kind in which every field has its type, list items have keys of their own, and all else is left to
 * chance: what decodes without complaint, but seldom passes validation. For valid objects there is a generator per kind.
 *
 * Throws UnknownKindError when the kind is unknown or its types are not loaded.
 */
export function arbitraryFor(kind: GroupVersionKind, options: SchemaShapedOptions = {}): fc.Arbitrary<KubeObject> {
  const { types = scheme.loaded, maxDepth = 5, maxItems = 2 } = options
  const type = types.typeOf(kind)
  if (type === undefined) throw new UnknownKindError(kind)
  const namespaced = scheme.byKind(kind)?.namespaced ?? true
  const { apiVersion: _, kind: __, metadata: ___, ...fields } = type.fields
  const shape = { types, maxDepth, maxItems }
  return fc
    .tuple(arbitraryMetadata(namespaced, options), arbitraryFields(fields, shape, 1))
    .map(([metadata, rest]) => ({
      apiVersion: formatApiVersion(kind),
      kind: kind.kind,
      metadata,
      ...rest,
    }))
}

type Fields = Readonly<Record<string, unknown>>

function arbitraryFields(fields: TypeSchema['fields'], shape: Shape, depth: number): fc.Arbitrary<Fields> {
  const kept = Object.entries(fields).filter(([, field]) => field.required === true || depth <= shape.maxDepth)
  const model = Object.fromEntries(kept.map(([name, field]) => [name, fieldValue(field, shape, depth)]))
  const requiredKeys = kept.flatMap(([name, { required }]) => (required === true ? [name] : []))
  return fc.record(model, { requiredKeys, noNullPrototype: true })
}

function fieldValue(field: FieldSchema, shape: Shape, depth: number): fc.Arbitrary<unknown> {
  const { value, listType, listMapKeys = [] } = field
  if (value.type !== 'array') return arbitraryOf(value, shape, depth)
  const item = arbitraryOf(value.items, shape, depth + 1)
  const maxLength = depth > shape.maxDepth ? 0 : shape.maxItems
  if (listType !== 'map' && listType !== 'set') return fc.array(item, { maxLength })
  const identity = (one: unknown): string => JSON.stringify(listType === 'set' ? one : keysOf(one, listMapKeys))
  return fc.uniqueArray(item, { maxLength, selector: identity })
}

const keysOf = (item: unknown, keys: readonly string[]): readonly unknown[] =>
  keys.map((key) => (typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined))

function arbitraryOf(type: FieldType, shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (type.type) {
    case 'string':
      return type.enum === undefined ? text(type.format) : fc.constantFrom(...type.enum)
    case 'integer':
      return fc.oneof(fc.integer({ min: -1, max: 100 }), type.format === 'int32' ? fc.integer() : fc.maxSafeInteger())
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'any':
      return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), {
        maxKeys: 2,
        noNullPrototype: true,
      })
    case 'ref': {
      const target = shape.types.type(type.ref)
      if (target === undefined) return fc.constant({})
      return fc.constant(undefined).chain(() => arbitraryFields(target.fields, shape, depth + 1))
    }
    case 'array':
      return fc.array(arbitraryOf(type.items, shape, depth + 1), {
        maxLength: depth > shape.maxDepth ? 0 : shape.maxItems,
      })
    case 'map':
      return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), arbitraryOf(type.values, shape, depth + 1), {
        maxKeys: depth > shape.maxDepth ? 0 : shape.maxItems,
        noNullPrototype: true,
      })
  }
}

function text(
  format: 'byte' | 'date-time' | 'micro-time' | 'int-or-string' | 'quantity' | undefined,
): fc.Arbitrary<unknown> {
  switch (format) {
    case 'byte':
      return fc.base64String({ maxLength: 16 })
    case 'date-time':
      return arbitraryTime
    case 'micro-time':
      return arbitraryMicroTime
    case 'int-or-string':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom('25%', 'http', '0%'))
    case 'quantity':
      return arbitraryQuantity
    default:
      return fc.oneof(fc.constantFrom('', 'a', 'Always', 'example.com/x', '10.0.0.1'), fc.string({ maxLength: 10 }))
  }
}
