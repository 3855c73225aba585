import { scheme } from '@kube-bonsai/api-types'
import type { JsonValue } from '@kube-bonsai/apimachinery'
import { isMap, type JsonMap } from '../../util/json.ts'
import { deducedType, type FieldOfMap, type ListType, type TypeOfValue, untypedAtomic, type ValueType } from './atom.ts'
import { builtInType } from './built-in-type.ts'

/**
 * The type of a custom resource, from the OpenAPI v3 schema of one of its versions. Its metadata is that of every object.
 *
 * @param schema the structural schema (`openAPIV3Schema`) as JSON; undefined for a resource without one
 * @param preserveUnknownFields true for a resource that keeps what its schema does not know
 * @throws Error for a schema that is not structural: an array without items, or keys missing in a list of type map
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function structuralType(schema: unknown, preserveUnknownFields = false): ValueType {
  if (!isMap(schema)) return deducedType()
  const type = convert(schema, preserveUnknownFields)
  if (type.map === undefined) return type
  const fields = new Map(type.map.fields)
  const metadata = builtInMetadata()
  if (metadata !== undefined) fields.set('metadata', metadata)
  for (const name of ['apiVersion', 'kind']) fields.set(name, { type: () => ({ name: 'inlined', scalar: 'string' }) })
  return { ...type, map: { ...type.map, fields } }
}

/** The type of an object of which no schema is known: everything is owned field by field, lists as a whole. */
export function schemalessType(): ValueType {
  return deducedType()
}

/** Every kind has the same metadata; any loaded kind shows it. */
function builtInMetadata(): FieldOfMap | undefined {
  const found = builtInType(scheme.loaded, { group: '', version: 'v1', kind: 'Pod' })
  return found?.map?.fields.get('metadata')
}

function convert(schema: JsonMap, inherited: boolean): ValueType {
  const preserve = inherited || schema['x-kubernetes-preserve-unknown-fields'] === true
  const name = 'inlined'
  if (schema['x-kubernetes-int-or-string'] === true) return { name, scalar: 'untyped' }
  switch (schema.type) {
    case 'object':
      return { name, map: mapOf(schema, preserve) }
    case 'array':
      return { name, list: listOf(schema, preserve) }
    case 'integer':
    case 'number':
      return { name, scalar: 'numeric' }
    case 'boolean':
      return { name, scalar: 'boolean' }
    case 'string':
      return { name, scalar: [undefined, '', 'byte'].includes(schema.format as undefined) ? 'string' : 'untyped' }
    default:
      return { name, scalar: 'untyped', list: listOf(schema, preserve), map: mapOf(schema, preserve) }
  }
}

function lazily(schema: unknown, preserve: boolean): TypeOfValue {
  let found: ValueType | undefined
  return () => {
    found ??= convert(isMap(schema) ? schema : {}, preserve)
    return found
  }
}

function mapOf(schema: JsonMap, preserve: boolean) {
  const fields = new Map<string, FieldOfMap>()
  const properties = isMap(schema.properties) ? schema.properties : {}
  for (const [name, property] of Object.entries(properties)) {
    const value = isMap(property) ? (property.default as JsonValue | undefined) : undefined
    fields.set(name, { type: lazily(property, preserve), ...(value !== undefined && { default: value }) })
  }
  const others = typeOfOthers(schema.additionalProperties, preserve || fields.size === 0, preserve)
  return { atomic: schema['x-kubernetes-map-type'] === 'atomic', fields, ...(others && { others }) }
}

function typeOfOthers(given: unknown, free: boolean, preserve: boolean): TypeOfValue | undefined {
  if (given === undefined) return free ? deducedType : undefined
  if (isMap(given)) return lazily(given, preserve)
  return given === true ? deducedType : undefined
}

function listOf(schema: JsonMap, preserve: boolean): ListType {
  const kind = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  if (kind === 'map' && !Array.isArray(keys)) throw new Error('missing map keys')
  const names = kind === 'map' && Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
  const items = isMap(schema.items) ? lazily(schema.items, preserve) : untypedAtomic
  return { items, atomic: kind !== 'map' && kind !== 'set', keys: names }
}
