import { type FieldError, type FieldPath, forbidden } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf } from '../../meta/json.ts'
import { placeBelow, type RuleChecks, type RulePlace, rootPlace } from './expressions.ts'
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
export function openApiErrors(
  schema: Fields,
  path: FieldPath,
  options: SchemaOptions,
  checks?: RuleChecks,
): readonly FieldError[] {
  const place: Place = {
    path,
    isRoot: true,
    noDefaults: undefined,
    insideMetadata: false,
    ...(checks && { rules: rootPlace, checks }),
  }
  return [...visit(schema, place, options), ...(checks?.finish(path) ?? [])]
}

/** `rules` is absent where rules are not compiled: under junctors, and in a schema that is not structural. */
interface Place extends SchemaPlace {
  readonly rules?: RulePlace | undefined
  readonly checks?: RuleChecks
}

function visit(given: unknown, place: Place, options: SchemaOptions): readonly FieldError[] {
  if (!isFields(given)) return []
  const schema = given
  const { path } = place
  const errors: FieldError[] = [...standardErrors(schema, place, options.requireValidPropertyType)]
  const below = (isItem: boolean) => place.rules && placeBelow(schema, path, place.rules, isItem)
  const into = (part: unknown, at: FieldPath, change: Partial<Place> = {}) =>
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
    into(additionalProperties, at, { rules: below(false), ...(place.insideMetadata && { noDefaults: unclear }) })
  }
  for (const [name, property] of Object.entries(fieldsOf(schema['properties']))) {
    const embeds = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
    const change: Partial<Place> =
      embeds && ofEveryObject.has(name)
        ? { insideMetadata: true, ...(place.isRoot && { noDefaults: `in top-level ${name}` }) }
        : {}
    into(property, path.child('properties').key(name), { rules: below(false), ...change })
  }
  const outside = { rules: undefined }
  into(schema['not'], path.child('not'), outside)
  for (const name of ['allOf', 'oneOf', 'anyOf'])
    for (const [index, one] of objectsOf(schema[name]).entries()) into(one, path.child(name).index(index), outside)
  for (const [name, one] of Object.entries(fieldsOf(schema['definitions'])))
    into(one, path.child('definitions').key(name), outside)
  if (Array.isArray(schema['items'])) {
    for (const [index, one] of schema['items'].entries()) into(one, path.child('items').index(index), outside)
  } else into(schema['items'], path.child('items'), { rules: below(true) })
  for (const [name, one] of Object.entries(fieldsOf(schema['dependencies'])))
    into(one, path.child('dependencies').key(name), outside)
  errors.push(...mergeErrors(schema, path, options), ...ruleErrors(schema, path))
  if (errors.length === 0 && place.rules && place.checks) {
    const isResource = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
    place.checks.check(schema, path, place.rules, isResource)
  }
  return errors
}

const unclear = 'inside additionalProperties applying to object metadata'
