import { type FieldError, type FieldPath, forbidden } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf } from '../../meta/json.ts'
import { mergeErrors } from './list-rules.ts'
import type { SchemaOptions } from './options.ts'
import { ruleErrors } from './rules.ts'
import { type SchemaPlace, standardErrors } from './standard.ts'

const ofEveryObject = new Set(['metadata', 'kind', 'apiVersion'])

/**
 * Checks a schema of a definition, and every schema inside of it.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go ValidateCustomResourceDefinitionOpenAPISchema
 */
export function openApiErrors(schema: Fields, path: FieldPath, options: SchemaOptions): readonly FieldError[] {
  return visit(schema, { path, isRoot: true, noDefaults: undefined, insideMetadata: false }, options)
}

function visit(given: unknown, place: SchemaPlace, options: SchemaOptions): readonly FieldError[] {
  if (!isFields(given)) return []
  const schema = given
  const { path } = place
  const errors: FieldError[] = [...standardErrors(schema, place, options.requireValidPropertyType)]
  const into = (part: unknown, at: FieldPath, change: Partial<SchemaPlace> = {}) =>
    errors.push(...visit(part, { ...place, isRoot: false, path: at, ...change }, options))
  if (schema['uniqueItems'] === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(forbidden(path.child('uniqueItems'), why))
  }
  const { additionalProperties } = schema
  if (!isAbsent(additionalProperties)) {
    const at = path.child('additionalProperties')
    if (!isEmpty(schema['properties']) && additionalProperties !== true)
      errors.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'))
    into(additionalProperties, at, place.insideMetadata ? { noDefaults: unclear } : {})
  }
  for (const [name, property] of Object.entries(fieldsOf(schema['properties']))) {
    const embeds = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
    const change: Partial<SchemaPlace> =
      embeds && ofEveryObject.has(name)
        ? { insideMetadata: true, ...(place.isRoot && { noDefaults: `in top-level ${name}` }) }
        : {}
    into(property, path.child('properties').key(name), change)
  }
  into(schema['not'], path.child('not'))
  for (const name of ['allOf', 'oneOf', 'anyOf'])
    for (const [index, one] of objectsOf(schema[name]).entries()) into(one, path.child(name).index(index))
  for (const [name, one] of Object.entries(fieldsOf(schema['definitions'])))
    into(one, path.child('definitions').key(name))
  if (Array.isArray(schema['items'])) {
    for (const [index, one] of schema['items'].entries()) into(one, path.child('items').index(index))
  } else into(schema['items'], path.child('items'))
  for (const [name, one] of Object.entries(fieldsOf(schema['dependencies'])))
    into(one, path.child('dependencies').key(name))
  return [...errors, ...mergeErrors(schema, path, options), ...ruleErrors(schema, path)]
}

const unclear = 'inside additionalProperties applying to object metadata'
