import {
  type FieldError,
  FieldPath,
  formatFieldErrors,
  invalid,
  nameIsDNSSubdomain,
  quote,
  required,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { isKnownFormat } from '../custom-resource/schema/formats.ts'
import { type Fields, fieldsOf, isFields, listOf, objectsOf, textOf, withField } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { apiApprovalOf, approvalAnnotation } from './approval.ts'
import { hoistSpec, schemasOf } from './hoisted.ts'
import { nameErrors } from './names.ts'
import { walkSchema } from './schema/walk.ts'
import { type SpecOptions, specErrors } from './spec.ts'
import { isEstablished, optionsFor, strict } from './stored-options.ts'
import { structuralProblem } from './structural/convertible.ts'
import { structuralErrors } from './structural/validate.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')

/** @see staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go */
export const customResourceDefinitionRoom: Room = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  prepareForCreate: (crd, { gates }) =>
    withStoredVersion(gates.enabled('CustomResourceFieldSelectors') ? crd : withoutSelectableFields(crd)),
  nameMessages: ownNameMessages,
  validate: (crd, context) => [
    ...specErrors(hoistSpec(crd['spec']), specPath, withCompiler(strict, context)),
    ...statusErrors(crd),
    ...approvalErrors(crd, undefined),
    ...preserveErrors(crd, undefined),
  ],
  warningsOnCreate: (crd) => unknownFormats(crd).map(formatWarning),
  update: {
    prepare: (crd) => withStoredVersion(crd),
    validate: (crd, old, context) => [
      ...specErrors(hoistSpec(crd['spec']), specPath, withCompiler(optionsFor(crd, old), context)),
      ...immutableErrors(crd, old),
      ...statusErrors(crd),
      ...approvalErrors(crd, old),
      ...preserveErrors(crd, old),
    ],
    warnings(crd, old) {
      const known = new Set(unknownFormats(old))
      return unknownFormats(crd)
        .filter((format) => !known.has(format))
        .map(formatWarning)
    },
  },
  status: { validate: (crd) => nameErrors(fieldsOf(fieldsOf(crd['status'])['acceptedNames']), acceptedPath) },
}

const acceptedPath = statusPath.child('acceptedNames')

function withCompiler(options: SpecOptions, { compileRules }: StrategyContext): SpecOptions {
  return compileRules === undefined ? options : { ...options, compileRules }
}

/** The version that is stored from now on is remembered: objects may lie in it. */
function withStoredVersion(crd: Fields): Fields {
  const storage = objectsOf(fieldsOf(crd['spec'])['versions']).find((version) => version['storage'] === true)
  const name = textOf(storage?.['name'])
  const status = fieldsOf(crd['status'])
  const stored = listOf(status['storedVersions'])
  if (storage === undefined || stored.includes(name)) return crd
  return withField(crd, 'status', { ...status, storedVersions: [...stored, name] })
}

function withoutSelectableFields(crd: Fields): Fields {
  const spec = fieldsOf(crd['spec'])
  const versions = objectsOf(spec['versions']).map((version) => withField(version, 'selectableFields', undefined))
  return withField(crd, 'spec', withField(spec, 'versions', versions))
}

/** The name says plural and group; a generated one hardly ever does. */
function ownNameMessages(crd: Fields, name: string, prefix: boolean): readonly string[] {
  const spec = fieldsOf(crd['spec'])
  const wanted = `${textOf(fieldsOf(spec['names'])['plural'])}.${textOf(spec['group'])}`
  const messages = nameIsDNSSubdomain(name, prefix)
  return name === wanted ? messages : [...messages, 'must be spec.names.plural+"."+spec.group']
}

function immutableErrors(crd: Fields, old: Fields): readonly FieldError[] {
  const [spec, before] = [fieldsOf(crd['spec']), fieldsOf(old['spec'])]
  const [names, namesBefore] = [fieldsOf(spec['names']), fieldsOf(before['names'])]
  const errors: FieldError[] = []
  const keep = (value: unknown, was: unknown, path: FieldPath) =>
    errors.push(...validateImmutableField(textOf(value), textOf(was), path))
  if (isEstablished(old)) {
    keep(spec['scope'], before['scope'], specPath.child('scope'))
    keep(names['kind'], namesBefore['kind'], specPath.child('names', 'kind'))
  }
  keep(spec['group'], before['group'], specPath.child('group'))
  keep(names['plural'], namesBefore['plural'], specPath.child('names', 'plural'))
  return errors
}

function statusErrors(crd: Fields): readonly FieldError[] {
  const status = fieldsOf(crd['status'])
  const stored = listOf(status['storedVersions']).map(textOf)
  const path = statusPath.child('storedVersions')
  const errors: FieldError[] = [...nameErrors(fieldsOf(status['acceptedNames']), acceptedPath)]
  if (stored.length === 0) {
    const given = Array.isArray(status['storedVersions']) ? [] : null
    return [...errors, invalid(path, given, 'must have at least one stored version')]
  }
  const versions = objectsOf(fieldsOf(crd['spec'])['versions'])
  const names = new Set(versions.map((version) => textOf(version['name'])))
  // A version that is listed twice counts once.
  const left = new Set(stored)
  for (const version of versions) {
    const name = textOf(version['name'])
    if (!left.delete(name) && version['storage'] === true)
      errors.push(invalid(path, stored, `must have the storage version ${name}`))
  }
  for (const name of new Set(stored)) {
    if (names.has(name)) continue
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    errors.push(invalid(path.index(stored.lastIndexOf(name)), name, why))
  }
  return errors
}

function approvalErrors(crd: Fields, old: Fields | undefined): readonly FieldError[] {
  const group = textOf(fieldsOf(crd['spec'])['group'])
  const annotations = fieldsOf(fieldsOf(crd['metadata'])['annotations'])
  const approval = apiApprovalOf(group, annotations)
  const before = old && apiApprovalOf(group, fieldsOf(old['metadata'])['annotations'])
  if (approval === undefined || before?.state === approval.state) return []
  const path = FieldPath.of('metadata', 'annotations').key(approvalAnnotation)
  if (approval.state === 'missing') return [required(path, approval.reason)]
  return approval.state === 'invalid' ? [invalid(path, annotations[approvalAnnotation], approval.reason)] : []
}

function preserveErrors(crd: Fields, old: Fields | undefined): readonly FieldError[] {
  if (fieldsOf(old?.['spec'])['preserveUnknownFields'] === true) return []
  if (fieldsOf(crd['spec'])['preserveUnknownFields'] !== true) return []
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
  return [invalid(specPath.child('preserveUnknownFields'), true, why)]
}

/** The formats of texts that nothing is held to, in the order in which the schemas have them. */
function unknownFormats(crd: Fields): readonly string[] {
  const found: string[] = []
  for (const schema of schemasOf(hoistSpec(crd['spec'])))
    walkSchema(schema, ({ format, type }) => {
      if (textOf(format) !== '' && type === 'string' && !isKnownFormat(textOf(format))) found.push(textOf(format))
    })
  return found
}

function formatWarning(format: string): string {
  return `unrecognized format ${quote(format)}`
}

/**
 * What is not structural about the schemas of a definition, as its condition words it; empty when they all are.
 *
 * @param crd a definition in v1
 */
export function structuralViolations(crd: object): string {
  const spec = fieldsOf(fieldsOf(crd)['spec'])
  const errors: FieldError[] = []
  if (spec['preserveUnknownFields'] === true)
    errors.push(invalid(specPath.child('preserveUnknownFields'), true, 'must be false'))
  for (const [index, version] of objectsOf(spec['versions']).entries()) {
    const schema = fieldsOf(version['schema'])['openAPIV3Schema']
    if (!isFields(schema)) continue
    const problem = structuralProblem(schema)
    if (problem !== '') return `failed to check validation schema for version ${textOf(version['name'])}: ${problem}`
    errors.push(...structuralErrors(specPath.child('versions').index(index).child('schema', 'openAPIV3Schema'), schema))
  }
  return formatFieldErrors(errors)
}
