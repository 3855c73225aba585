import { type FieldError, type FieldPath, forbidden, notSupported } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isEmpty, textOf } from '../../meta/json.ts'

/** Where in a schema a check stands. */
export interface SchemaPlace {
  readonly path: FieldPath
  readonly isRoot: boolean
  /** Set where defaults are not allowed: why. */
  readonly noDefaults: string | undefined
  readonly insideMetadata: boolean
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** Whether a schema names a type that there is none of. */
export function hasUnknownType(schema: Fields): boolean {
  const type = textOf(schema['type'])
  return type !== '' && !types.includes(type)
}

/**
 * What OpenAPI allows and definitions do not.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go specStandardValidatorV3
 */
export function standardErrors(schema: Fields, place: SchemaPlace, requireValidType: boolean): readonly FieldError[] {
  const { path, noDefaults, insideMetadata } = place
  const errors: FieldError[] = []
  const no = (name: string, detail: string) => errors.push(forbidden(path.child(name), detail))
  if (requireValidType && hasUnknownType(schema)) errors.push(notSupported(path.child('type'), schema['type'], types))
  if (!isAbsent(schema['default']) && noDefaults !== undefined) no('default', `must not be set ${noDefaults}`)
  if (!isEmpty(schema['id'])) no('id', 'id is not supported')
  if (!isAbsent(schema['additionalItems'])) no('additionalItems', 'additionalItems is not supported')
  for (const name of ['patternProperties', 'definitions'])
    if (!isEmpty(schema[name])) no(name, `${name} is not supported`)
  if (!isAbsent(schema['dependencies'])) no('dependencies', 'dependencies is not supported')
  if (!isAbsent(schema['$ref'])) no('$ref', '$ref is not supported')
  if (schema['type'] === 'null') no('type', 'type cannot be set to null, use nullable as an alternative')
  if (Array.isArray(schema['items']) && schema['items'].length > 0)
    no('items', 'items must be a schema object and not an array')
  if (insideMetadata && schema['x-kubernetes-embedded-resource'] === true)
    no('x-kubernetes-embedded-resource', 'must not be used inside of resource meta')
  return errors
}
