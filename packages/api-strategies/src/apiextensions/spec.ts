import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1035Label,
  isDNS1123Subdomain,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../meta/json.ts'
import { columnErrors, deprecationProblems, selectableFieldErrors, subresourceErrors } from './columns.ts'
import { type ConversionOptions, conversionErrors } from './conversion.ts'
import { type HoistedSpec, schemasOf } from './hoisted.ts'
import { nameErrors } from './names.ts'
import type { SchemaOptions } from './schema/options.ts'
import { hasSchema, versionSchemaErrors } from './schema/version-schema.ts'
import { anySchema } from './schema/walk.ts'
import { shownVersions } from './shown.ts'
import { structuralProblem } from './structural/convertible.ts'

/** How strict a spec is checked. */
export interface SpecOptions extends SchemaOptions, ConversionOptions {
  readonly requireOpenAPISchema: boolean
  /** Versions that may keep more selectable fields than are allowed; the empty one stands for all. */
  readonly allowTooManySelectable: ReadonlySet<string>
}

/**
 * Checks the spec of a definition.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionSpec
 */
export function specErrors(hoisted: HoistedSpec, path: FieldPath, given: SpecOptions): readonly FieldError[] {
  const { spec, versions, preserveUnknownFields } = hoisted
  const options: SpecOptions = { ...given, requireStructuralSchema: mustBeStructural(hoisted, given) }
  const errors: FieldError[] = [...groupErrors(textOf(spec['group']), path.child('group'))]
  errors.push(...scopeErrors(textOf(spec['scope']), path.child('scope')))
  errors.push(...missingSchemaErrors(hoisted, path.child('versions'), options))
  if (preserveUnknownFields && hasDefaults(hoisted)) {
    const why = 'must be false in order to use defaults in the schema'
    errors.push(invalid(path.child('preserveUnknownFields'), true, why))
  }
  for (const [index, version] of versions.entries())
    errors.push(...versionErrors(hoisted, version, path.child('versions').index(index), options))
  errors.push(...identicalErrors(hoisted, path))
  errors.push(...versionNameErrors(hoisted, path))
  const names = fieldsOf(spec['names'])
  for (const name of ['plural', 'singular', 'kind', 'listKind'])
    if (isEmpty(names[name])) errors.push(required(path.child('names', name), ''))
  errors.push(...nameErrors(names, path.child('names')))
  errors.push(...topErrors(hoisted, path, options))
  const strategy = textOf(fieldsOf(spec['conversion'])['strategy'])
  if (isFields(spec['conversion']) && strategy !== 'None' && preserveUnknownFields) {
    const why = 'must be None if spec.preserveUnknownFields is true'
    errors.push(invalid(path.child('conversion').child('strategy'), strategy, why))
  }
  return [...errors, ...conversionErrors(spec, path.child('conversion'), options)]
}

const extensions = [
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
]

function mustBeStructural(hoisted: HoistedSpec, { requireStructuralSchema }: SpecOptions): boolean {
  if (requireStructuralSchema || !hoisted.preserveUnknownFields || hasDefaults(hoisted)) return true
  return schemasOf(hoisted).some((schema) =>
    anySchema(
      schema,
      (one) =>
        extensions.some((name) => !isEmpty(one[name])) ||
        !isAbsent(one['x-kubernetes-preserve-unknown-fields']) ||
        !isAbsent(one['x-kubernetes-list-type']),
    ),
  )
}

function hasDefaults(hoisted: HoistedSpec): boolean {
  return schemasOf(hoisted).some((schema) => anySchema(schema, (one) => !isAbsent(one['default'])))
}

function groupErrors(group: string, path: FieldPath): readonly FieldError[] {
  if (group === '') return [required(path, '')]
  const problems = isDNS1123Subdomain(group)
  if (problems.length > 0) return [invalid(path, group, problems.join(','))]
  return group.includes('.') ? [] : [invalid(path, group, 'should be a domain with at least one dot')]
}

function scopeErrors(scope: string, path: FieldPath): readonly FieldError[] {
  if (scope === '') return [required(path, '')]
  return scope === 'Cluster' || scope === 'Namespaced' ? [] : [notSupported(path, scope, ['Cluster', 'Namespaced'])]
}

function missingSchemaErrors(hoisted: HoistedSpec, path: FieldPath, options: SpecOptions): readonly FieldError[] {
  const { validation, versions, preserveUnknownFields } = hoisted
  if (isFields(validation?.['openAPIV3Schema'])) return []
  const at = (index: number) => path.index(index).child('schema').child('openAPIV3Schema')
  return versions.flatMap((version, index) => {
    if (hasSchema(version)) return []
    if (options.requireOpenAPISchema) return [required(at(index), '')]
    if (preserveUnknownFields || version['served'] !== true) return []
    return [required(at(index), 'because otherwise all fields are pruned')]
  })
}

function hasStatus(subresources: unknown): boolean {
  return isFields(fieldsOf(subresources)['status'])
}

function versionErrors(
  hoisted: HoistedSpec,
  version: Fields,
  path: FieldPath,
  options: SpecOptions,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const name = textOf(version['name'])
  const problems = isDNS1035Label(name)
  if (problems.length > 0) errors.push(invalid(path.child('name'), name, problems.join(',')))
  for (const why of deprecationProblems(version))
    errors.push(invalid(path.child('deprecationWarning'), version['deprecationWarning'], why))
  const perVersion = hoisted.versions.some((one) => !isAbsent(one['subresources']))
  const status = hasStatus(perVersion ? version['subresources'] : hoisted.subresources)
  const schema = isFields(version['schema']) ? version['schema'] : undefined
  errors.push(...versionSchemaErrors(schema, status, options, path.child('schema'), name))
  const subresources = isFields(version['subresources']) ? version['subresources'] : undefined
  errors.push(...subresourceErrors(subresources, path.child('subresources')))
  const columns = objectsOf(version['additionalPrinterColumns'])
  for (const [index, column] of columns.entries())
    errors.push(...columnErrors(column, path.child('additionalPrinterColumns').index(index)))
  const fields = objectsOf(version['selectableFields'])
  if (fields.length === 0) return errors
  const at = path.child('selectableFields')
  const openApi = schema?.['openAPIV3Schema']
  if (!isFields(openApi)) {
    const why = 'may only be set when `version.schema.openAPIV3Schema` is not included'
    return [...errors, invalid(at, '', why)]
  }
  const problem = structuralProblem(openApi)
  if (problem !== '') errors.push(invalid(path.child('schema.openAPIV3Schema'), '', problem))
  return [...errors, ...selectableFieldErrors(fields, openApi, at, options.allowTooManySelectable.has(name))]
}

const perVersion: readonly (readonly [string, string, string])[] = [
  ['schema', 'schemas', 'validation'],
  ['subresources', 'subresources', 'subresources'],
  ['additionalPrinterColumns', 'additionalPrinterColumns', 'additionalPrinterColumns'],
]

/** What is the same in all versions stands at the top in upstream's internal type, so that these are mostly never told. */
function identicalErrors({ versions }: HoistedSpec, path: FieldPath): readonly FieldError[] {
  const [first] = versions
  if (first === undefined) return []
  return perVersion.flatMap(([field, what, top]) => {
    const same = versions.every((version) => !isEmpty(version[field]) && semanticEqual(version[field], first[field]))
    if (!same) return []
    const why = `per-version ${what} may not all be set to identical values (top-level ${top} should be used instead)`
    return [invalid(path.child('versions'), shownVersions(versions), why)]
  })
}

function versionNameErrors({ versions, spec, version }: HoistedSpec, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const names = versions.map((one) => textOf(one['name']))
  const at = path.child('versions')
  const shown = shownVersions(spec['versions'] ? versions : undefined)
  if (new Set(names).size < names.length) errors.push(invalid(at, shown, 'must contain unique version names'))
  if (versions.filter((one) => one['storage'] === true).length !== 1)
    errors.push(invalid(at, shown, 'must have exactly one version marked as storage version'))
  const problems = version === '' ? [] : isDNS1035Label(version)
  if (problems.length > 0) errors.push(invalid(path.child('version'), version, problems.join(',')))
  return errors
}

/** Checks what is the same in all versions. */
function topErrors(hoisted: HoistedSpec, path: FieldPath, options: SpecOptions): readonly FieldError[] {
  const { validation, versions, subresources, additionalPrinterColumns, selectableFields } = hoisted
  const anyStatus = hasStatus(subresources) || versions.some((version) => hasStatus(version['subresources']))
  const errors: FieldError[] = [
    ...versionSchemaErrors(validation, anyStatus, options, path.child('validation'), hoisted.version),
  ]
  errors.push(...subresourceErrors(subresources, path.child('subresources')))
  for (const [index, column] of additionalPrinterColumns.entries())
    errors.push(...columnErrors(column, path.child('additionalPrinterColumns').index(index)))
  if (selectableFields.length === 0) return errors
  const at = path.child('selectableFields')
  if (validation === undefined)
    return [...errors, invalid(at, '', 'may only be set when validations.schema is included')]
  const openApi = validation['openAPIV3Schema']
  const problem = structuralProblem(openApi)
  if (problem !== '') errors.push(invalid(path.child('schema.openAPIV3Schema'), '', problem))
  return [...errors, ...selectableFieldErrors(selectableFields, openApi, at, options.allowTooManySelectable.has(''))]
}
