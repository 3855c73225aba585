import {
  type FieldError,
  type FieldPath,
  forbidden,
  formatFieldError,
  invalid,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { completenessErrors } from './completeness.ts'
import { isIntOrString, valueValidationErrors } from './nested.ts'

type Level = 'root' | 'item' | 'field'

const emptyTypes: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/**
 * What keeps a schema from being structural, sorted by text. Expects one that `structuralProblem` has nothing against.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go
 */
export function structuralErrors(path: FieldPath, schema: Fields): readonly FieldError[] {
  const errors = [...invariantErrors(schema, 'root', path), ...completenessErrors(schema, path)]
  const texts = new Map(errors.map((error) => [error, formatFieldError(error)]))
  const text = (error: FieldError) => texts.get(error) ?? ''
  return errors.sort((left, right) => (text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0))
}

function invariantErrors(schema: Fields, level: Level, path: FieldPath): readonly FieldError[] {
  const type = textOf(schema['type'])
  const errors: FieldError[] = []
  if (type === 'array' && isAbsent(schema['items'])) errors.push(required(path.child('items'), 'must be specified'))
  if (isFields(schema['items'])) errors.push(...invariantErrors(schema['items'], 'item', path.child('items')))
  const properties = fieldsOf(schema['properties'])
  for (const [name, property] of Object.entries(properties))
    errors.push(...invariantErrors(fieldsOf(property), 'field', path.child('properties').key(name)))
  errors.push(...additionalErrors(schema, level, path), ...extensionErrors(schema, path))
  const [firstAllOf] = objectsOf(schema['allOf'])
  errors.push(
    ...valueValidationErrors(schema, path, isIntOrString(schema['anyOf']), isIntOrString(firstAllOf?.['anyOf'])),
  )
  errors.push(...typeErrors(schema, type, level, path))
  errors.push(...identityErrors(schema, properties, level, path))
  if (schema['x-kubernetes-embedded-resource'] === true && !preserves(schema) && isEmpty(properties)) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(path.child('properties'), why))
  }
  return errors
}

function preserves(schema: Fields): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true
}

function additionalErrors(schema: Fields, level: Level, path: FieldPath): readonly FieldError[] {
  const { additionalProperties } = schema
  if (isAbsent(additionalProperties)) return []
  const at = path.child('additionalProperties')
  const atRoot = level === 'root' ? [forbidden(at, 'must not be used at the root')] : []
  return isFields(additionalProperties) ? [...atRoot, ...invariantErrors(additionalProperties, 'field', at)] : atRoot
}

function extensionErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  if (schema['x-kubernetes-int-or-string'] !== true) return []
  const clashes = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']
  return clashes
    .filter((name) => schema[name] === true)
    .map((name) => invalid(path.child(name), true, 'must be false if x-kubernetes-int-or-string is true'))
}

function typeErrors(schema: Fields, type: string, level: Level, path: FieldPath): readonly FieldError[] {
  const at = path.child('type')
  const errors: FieldError[] = []
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  if (embedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type === '' ? required(at, why) : invalid(at, type, why))
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves(schema))
    errors.push(required(at, emptyTypes[level]))
  if (embedded && !isAbsent(schema['additionalProperties'])) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set'
    errors.push(forbidden(path.child('additionalProperties'), why))
  }
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(at, type, 'must be object at the root'))
  return errors
}

/** Schemas may restrict apiVersion, kind and metadata only a little: every object has them. */
function identityErrors(schema: Fields, properties: Fields, level: Level, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const checked = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  for (const name of ['kind', 'apiVersion']) {
    if (!checked || !Object.hasOwn(properties, name)) continue
    const { type } = fieldsOf(properties[name])
    if (type !== 'string')
      errors.push(invalid(path.child('properties').key(name).child('type'), textOf(type), 'must be string'))
  }
  if (!Object.hasOwn(properties, 'metadata')) return errors
  const metadata = fieldsOf(properties['metadata'])
  const at = path.child('properties').key('metadata')
  if (checked && metadata['type'] !== 'object')
    errors.push(invalid(at.child('type'), textOf(metadata['type']), 'must be object'))
  if (level === 'root' && !saysLittle(metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    errors.push(forbidden(at, why))
  }
  return errors
}

function saysLittle(metadata: Fields): boolean {
  const { type: _type, default: _default, properties, ...rest } = metadata
  const named = Object.keys(fieldsOf(properties)).every((name) => name === 'name' || name === 'generateName')
  return named && Object.values(rest).every(isEmpty)
}
