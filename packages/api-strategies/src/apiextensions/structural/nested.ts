import { type FieldError, type FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { compilePattern } from '../../custom-resource/schema/patterns.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, objectsOf, textOf } from '../../meta/json.ts'

/**
 * Checks the parts of a schema that only say which values are valid: patterns, and what stands under junctors, which must
 * not say what a value is.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go validateValueValidation
 */
export function valueValidationErrors(
  schema: Fields,
  path: FieldPath,
  skipAnyOf: boolean,
  skipFirstAllOf: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const nested = (name: string, skipped: (index: number) => boolean) => {
    for (const [index, one] of objectsOf(schema[name]).entries())
      errors.push(...nestedErrors(one, path.child(name).index(index), skipped(index)))
  }
  if (!skipAnyOf) nested('anyOf', () => false)
  nested('allOf', (index) => skipFirstAllOf && index === 0)
  nested('oneOf', () => false)
  if (isFields(schema['not'])) errors.push(...nestedErrors(schema['not'], path.child('not'), false))
  const pattern = textOf(schema['pattern'])
  const problem = pattern === '' ? '' : compilePattern(pattern).problem
  if (problem !== '') {
    const why = `must be a valid regular expression, but isn't: ${problem}`
    errors.push(invalid(path.child('pattern'), pattern, why))
  }
  return errors
}

const beEmpty = 'must be empty to be structural'
const beUndefined = 'must be undefined to be structural'
const beFalse = 'must be false to be structural'

/** What must not be said under a junctor, in upstream's order. */
const shapes: readonly (readonly [string, string])[] = [
  ['default', beUndefined],
  ['title', beEmpty],
  ['description', beEmpty],
  ['nullable', beFalse],
  ['x-kubernetes-preserve-unknown-fields', beFalse],
  ['x-kubernetes-embedded-resource', beFalse],
  ['x-kubernetes-int-or-string', beFalse],
  ['x-kubernetes-list-map-keys', beEmpty],
  ['x-kubernetes-list-type', beUndefined],
  ['x-kubernetes-map-type', beUndefined],
  ['x-kubernetes-validations', beEmpty],
]

function nestedErrors(schema: Fields, path: FieldPath, skipAnyOf: boolean): readonly FieldError[] {
  const errors: FieldError[] = [...valueValidationErrors(schema, path, skipAnyOf, false)]
  if (isFields(schema['items'])) errors.push(...nestedErrors(schema['items'], path.child('items'), false))
  const properties = fieldsOf(schema['properties'])
  for (const [name, property] of Object.entries(properties))
    errors.push(...nestedErrors(fieldsOf(property), path.child('properties').key(name), false))
  if (!isEmpty(schema['type'])) errors.push(forbidden(path.child('type'), beEmpty))
  const { additionalProperties } = schema
  if (!isAbsent(additionalProperties) && additionalProperties !== false)
    errors.push(forbidden(path.child('additionalProperties'), beUndefined))
  for (const [name, detail] of shapes) if (isSaid(name, schema[name])) errors.push(forbidden(path.child(name), detail))
  if (Object.hasOwn(properties, 'metadata'))
    errors.push(forbidden(path.child('properties').key('metadata'), 'must not be specified in a nested context'))
  return errors
}

function isSaid(name: string, value: unknown): boolean {
  return name === 'default' || name.endsWith('-type') ? !isAbsent(value) : !isEmpty(value)
}

/** Whether alternatives are exactly "integer or string", which int-or-string may spell out. */
export function isIntOrString(anyOf: unknown): boolean {
  const [one, other, ...more] = listOf(anyOf).map(fieldsOf)
  const is = (schema: Fields | undefined, type: string) =>
    schema !== undefined && schema['type'] === type && Object.keys(schema).length === 1
  return more.length === 0 && is(one, 'integer') && is(other, 'string')
}
