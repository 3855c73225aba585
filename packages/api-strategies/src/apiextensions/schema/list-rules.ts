import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, textOf } from '../../meta/json.ts'
import type { SchemaOptions } from './options.ts'

const kinds = ['atomic', 'set', 'map']
const listTypeName = 'x-kubernetes-list-type'
const keysName = 'x-kubernetes-list-map-keys'
const mapTypeName = 'x-kubernetes-map-type'

/**
 * Checks the extensions that say how lists and maps are merged.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
export function mergeErrors(schema: Fields, path: FieldPath, options: SchemaOptions): readonly FieldError[] {
  const errors: FieldError[] = []
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalid(path.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'))
  const mapType = schema[mapTypeName]
  if (!isAbsent(mapType)) {
    errors.push(...typeErrors(schema, path, 'object', mapTypeName))
    if (mapType !== 'atomic' && mapType !== 'granular')
      errors.push(notSupported(path.child(mapTypeName), mapType, ['atomic', 'granular']))
  }
  const listType = schema[listTypeName]
  if (!isAbsent(listType)) {
    const wrong = typeErrors(schema, path, 'array', listTypeName)
    errors.push(...wrong)
    if (wrong.length === 0 && options.requireAtomicSetType) errors.push(...setErrors(schema, path))
    if (!kinds.includes(textOf(listType))) errors.push(notSupported(path.child(listTypeName), listType, kinds))
  }
  errors.push(...keyErrors(schema, path))
  return options.requireMapListKeys ? [...errors, ...presenceErrors(schema, path)] : errors
}

function typeErrors(schema: Fields, path: FieldPath, wanted: string, because: string): readonly FieldError[] {
  const type = textOf(schema['type'])
  if (type === wanted) return []
  const why = `must be ${wanted} if ${because} is specified`
  return [type === '' ? required(path.child('type'), why) : invalid(path.child('type'), type, why)]
}

/** Items of a set must be compared as a whole. */
export function setErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  if (schema[listTypeName] !== 'set' || !isFields(schema['items'])) return []
  const items = schema['items']
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const at = path.child('items')
  const own = items[listTypeName] ?? null
  if (items['type'] === 'array' && own !== null && own !== 'atomic') return [invalid(at.child(listTypeName), own, why)]
  if (items['type'] === 'object' && items[mapTypeName] !== 'atomic') return [invalid(at.child(mapTypeName), own, why)]
  return []
}

function keyErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const keys = listOf(schema[keysName]).map(textOf)
  const listType = schema[listTypeName]
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty'
    const at = path.child(listTypeName)
    errors.push(isAbsent(listType) ? required(at, why) : invalid(at, listType, why))
  }
  if (listType !== 'map') return errors
  if (keys.length === 0)
    errors.push(required(path.child(keysName), 'must not be empty if x-kubernetes-list-type is map'))
  const { items } = schema
  if (isAbsent(items)) errors.push(required(path.child('items'), 'must have a schema if x-kubernetes-list-type is map'))
  if (Array.isArray(items))
    errors.push(invalid(path.child('items'), items, 'must only have a single schema if x-kubernetes-list-type is map'))
  if (!isFields(items)) return errors
  const type = textOf(items['type'])
  if (type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map"
    return [...errors, invalid(path.child('items').child('type'), type, why)]
  }
  return [...errors, ...namedKeyErrors(keys, items, path)]
}

function namedKeyErrors(keys: readonly string[], items: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const properties = fieldsOf(items['properties'])
  keys.forEach((key, index) => {
    if (!Object.hasOwn(properties, key))
      errors.push(invalid(path.child(keysName), keys, 'entries must all be names of item properties'))
    else if (['array', 'object'].includes(textOf(fieldsOf(properties[key])['type']))) {
      const at = path.child('items').child('properties').key(key).child('type')
      errors.push(invalid(at, items['type'], "must be a scalar type if parent array's x-kubernetes-list-type is map"))
    }
    if (keys.indexOf(key) < index)
      errors.push(invalid(path.child(keysName), keys, 'must not contain duplicate entries'))
  })
  return errors
}

/** Items of sets and maps are there, and so are the keys of those of maps. */
export function presenceErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  const listType = textOf(schema[listTypeName])
  const { items } = schema
  if (!isFields(items) || (listType !== 'set' && listType !== 'map')) return []
  const errors: FieldError[] = []
  if (items['nullable'] === true) {
    const why = `cannot be nullable when x-kubernetes-list-type is ${listType}`
    errors.push(forbidden(path.child('items').child('nullable'), why))
  }
  if (listType !== 'map') return errors
  const needed = new Set(listOf(items['required']).map(textOf))
  const properties = fieldsOf(items['properties'])
  for (const key of listOf(schema[keysName]).map(textOf)) {
    if (!Object.hasOwn(properties, key)) continue
    const property = fieldsOf(properties[key])
    const at = path.child('items').child('properties').key(key)
    if (!needed.has(key) && isAbsent(property['default'])) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      errors.push(required(at.child('default'), why))
    }
    if (!isEmpty(property['nullable'])) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'
      errors.push(forbidden(at.child('nullable'), why))
    }
  }
  return errors
}
