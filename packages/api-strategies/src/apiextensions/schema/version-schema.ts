import { type FieldError, type FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, textOf } from '../../meta/json.ts'
import { shownSchema } from '../shown.ts'
import { structuralProblem } from '../structural/convertible.ts'
import { defaultErrors } from '../structural/default-values.ts'
import { structuralErrors } from '../structural/validate.ts'
import { RuleChecks } from './expressions.ts'
import type { SchemaOptions } from './options.ts'
import { openApiErrors } from './validate.ts'

/** What the root of a schema may have beside a status subresource, by its Go name. */
const allowedAtRoot: readonly (readonly [string, string])[] = [
  ['Description', 'description'],
  ['Type', 'type'],
  ['Format', 'format'],
  ['Title', 'title'],
  ['Maximum', 'maximum'],
  ['ExclusiveMaximum', 'exclusiveMaximum'],
  ['Minimum', 'minimum'],
  ['ExclusiveMinimum', 'exclusiveMinimum'],
  ['MaxLength', 'maxLength'],
  ['MinLength', 'minLength'],
  ['Pattern', 'pattern'],
  ['MaxItems', 'maxItems'],
  ['MinItems', 'minItems'],
  ['UniqueItems', 'uniqueItems'],
  ['MultipleOf', 'multipleOf'],
  ['Required', 'required'],
  ['Items', 'items'],
  ['Properties', 'properties'],
  ['ExternalDocs', 'externalDocs'],
  ['Example', 'example'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields'],
  ['XValidations', 'x-kubernetes-validations'],
]
const allowedNames = new Set(allowedAtRoot.map(([, name]) => name))
/** What Go holds by a pointer is there even when it is empty. */
const pointers = new Set([
  '$ref',
  'default',
  'example',
  'maximum',
  'minimum',
  'multipleOf',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'maxProperties',
  'minProperties',
])
const beforeType = new Set(['id', '$schema', '$ref'])

/**
 * Checks the schema of a version, or the one of all versions.
 *
 * @param given `{openAPIV3Schema}`; undefined passes
 * @param version the name of the version; for the schema of all versions the first one's
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionValidation
 */
export function versionSchemaErrors(
  given: Fields | undefined,
  hasStatus: boolean,
  options: SchemaOptions,
  path: FieldPath,
  version: string,
): readonly FieldError[] {
  const found = given?.['openAPIV3Schema']
  if (!isFields(found)) return []
  const schema = found
  const at = path.child('openAPIV3Schema')
  const errors: FieldError[] = hasStatus ? [...rootErrors(schema, at)] : []
  if (schema['nullable'] === true) errors.push(forbidden(at.child('nullable'), 'nullable cannot be true at the root'))
  const before = errors.length
  const problem = options.requireStructuralSchema ? structuralProblem(schema) : ''
  if (options.requireStructuralSchema && problem === '') {
    const own = structuralErrors(at, schema)
    errors.push(...(own.length > 0 ? own : defaultErrors(at, schema, options.requirePrunedDefaults)))
  }
  const { compileRules } = options
  const sound = options.requireStructuralSchema && problem === '' && errors.length === before
  const checks = sound && compileRules && new RuleChecks(compileRules, options.unchangedSchemas?.has(version) === true)
  errors.push(...openApiErrors(schema, at, options, checks || undefined))
  if (errors.length === 0 && problem !== '') errors.push(invalid(at, '', problem))
  return errors
}

function rootErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  const set = Object.keys(schema).filter((name) =>
    pointers.has(name) ? !isAbsent(schema[name]) : !isEmpty(schema[name]),
  )
  const strangers = set.filter((name) => !allowedNames.has(name))
  const notAllowed = (): readonly FieldError[] => {
    const names = allowedAtRoot.map(([name]) => name).join(' ')
    const why = `only [${names}] fields are allowed at the root of the schema if the status subresource is enabled`
    return [invalid(path, shownSchema(schema), why)]
  }
  if (strangers.some((name) => beforeType.has(name))) return notAllowed()
  const type = textOf(schema['type'])
  if (type !== '' && type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    return [invalid(path.child('type'), type, why)]
  }
  return strangers.length > 0 ? notAllowed() : []
}

/** Whether a version has a schema at all. */
export function hasSchema(version: Fields): boolean {
  return isFields(fieldsOf(version['schema'])['openAPIV3Schema'])
}
