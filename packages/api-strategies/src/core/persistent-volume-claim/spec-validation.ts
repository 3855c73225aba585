import { emptiedFields } from '@kube-bonsai/api-types'
import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isDNS1123Subdomain,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  notSupported,
  RenderedValue,
  required,
  validateLabelSelector,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach, missingErrors, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, textOf } from '../../meta/json.ts'
import { positiveErrors } from '../../pod-template/validation/quantities.ts'
import { labelSelectorOf } from '../../printing/texts.ts'
import type { StrategyContext } from '../../strategy.ts'

/** How strictly a claim is judged: never more strictly than the stored one was. */
export interface ClaimOptions {
  readonly anySelectorValue: boolean
  readonly anyAPIGroup: boolean
  readonly attributesClass: boolean
  readonly recoverExpansion: boolean
}

const nowhere = FieldPath.of('')
const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

/** Works out how strictly a claim is judged; `old` is the stored claim. */
export function claimOptions(old: Fields | undefined, context: StrategyContext): ClaimOptions {
  const spec = fieldsOf(old?.['spec'])
  const status = fieldsOf(old?.['status'])
  const references = [fieldsOf(spec['dataSource']), fieldsOf(spec['dataSourceRef'])]
  return {
    anySelectorValue:
      isFields(spec['selector']) && validateLabelSelector(labelSelectorOf(spec['selector']), {}, nowhere).length > 0,
    anyAPIGroup: references.some(({ apiGroup }) => !isAbsent(apiGroup)),
    attributesClass: context.gates.enabled('VolumeAttributesClass') || !isAbsent(spec['volumeAttributesClassName']),
    recoverExpansion:
      context.gates.enabled('RecoverVolumeExpansionFailure') ||
      !isAbsent(status['allocatedResources']) ||
      !isAbsent(status['allocatedResourceStatuses']),
  }
}

/** Checks the ways in which a volume may be mounted. */
export function accessModeErrors(wanted: readonly unknown[], path: FieldPath): readonly FieldError[] {
  const known = wanted.filter((mode) => modes.includes(textOf(mode)))
  return [
    ...wanted.filter((mode) => !known.includes(mode)).map((mode) => notSupported(path, named(mode), modes)),
    ...(known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
      ? [forbidden(path, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ]
}

/**
 * Checks what a claim, or the template of one, asks for.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec
 */
export function claimSpecErrors(spec: Fields, options: ClaimOptions, path: FieldPath): readonly FieldError[] {
  const wanted = listOf(spec['accessModes'])
  const { selector, storageClassName, volumeAttributesClassName } = spec
  return [
    ...(wanted.length === 0 ? [required(path.child('accessModes'), 'at least 1 access mode is required')] : []),
    ...(isFields(selector)
      ? validateLabelSelector(
          labelSelectorOf(selector),
          { allowInvalidLabelValueInSelector: options.anySelectorValue },
          path.child('selector'),
        )
      : []),
    ...accessModeErrors(wanted, path.child('accessModes')),
    ...storageErrors(spec, path.child('resources').key('storage')),
    ...classNameErrors(storageClassName, path.child('storageClassName')),
    ...ifSetOneOf(spec['volumeMode'], path.child('volumeMode'), ['Block', 'Filesystem']),
    ...dataSourceErrors(spec, options, path),
    ...(options.attributesClass
      ? classNameErrors(volumeAttributesClassName, path.child('volumeAttributesClassName'))
      : []),
  ]
}

function storageErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const requests = fieldsOf(fieldsOf(spec['resources'])['requests'])
  return isAbsent(requests['storage']) ? [required(path)] : positiveErrors(requests['storage'], path)
}

function classNameErrors(name: unknown, path: FieldPath): readonly FieldError[] {
  return isEmpty(name) ? [] : invalidEach(path, textOf(name), nameIsDNSSubdomain(textOf(name), false))
}

/** Upstream prints the path of the other field, which as JSON is an empty object. */
const pathValue = new RenderedValue({}, '{}')

function dataSourceErrors(spec: Fields, options: ClaimOptions, path: FieldPath): readonly FieldError[] {
  const { dataSource, dataSourceRef } = spec
  const errors: FieldError[] = []
  if (isFields(dataSource)) errors.push(...referenceErrors(dataSource, options, path.child('dataSource')))
  if (!isFields(dataSourceRef)) return errors
  const refPath = path.child('dataSourceRef')
  const namespace = textOf(dataSourceRef['namespace'])
  errors.push(...referenceErrors(dataSourceRef, options, refPath))
  if (namespace !== '') {
    errors.push(...invalidEach(refPath.child('namespace'), namespace, nameIsDNSLabel(namespace, false)))
  }
  if (!isFields(dataSource)) return errors
  if (namespace !== '') {
    return [...errors, invalid(path, pathValue, 'may not be specified when dataSourceRef.namespace is specified')]
  }
  const same = ['apiGroup', 'kind', 'name'].every((name) => (dataSource[name] ?? '') === (dataSourceRef[name] ?? ''))
  return same ? errors : [...errors, invalid(path, pathValue, 'must match dataSourceRef')]
}

function referenceErrors(source: Fields, options: ClaimOptions, path: FieldPath): readonly FieldError[] {
  const group = textOf(source['apiGroup'])
  const kind = textOf(source['kind'])
  const errors = [...missingErrors(source, path, ['name', 'kind'])]
  if (group === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  }
  if (group === '' || options.anyAPIGroup) return errors
  return [...errors, ...invalidEach(path.child('apiGroup'), group, isDNS1123Subdomain(group))]
}

/** What of its metadata the template of a claim may not set, in the order of the Go struct, with upstream's names. */
const refusedMetadata: readonly (readonly [string, string])[] = [
  ['name', 'name'],
  ['generateName', 'generateName'],
  ['namespace', 'namespace'],
  ['selfLink', 'selfLink'],
  ['uid', 'uID'],
  ['resourceVersion', 'resourceVersion'],
  ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'],
  ['deletionTimestamp', 'deletionTimestamp'],
  ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'],
  ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'],
  ['managedFields', 'managedFields'],
]

/** What of the metadata of an embedded template may not be set. */
export function templateMetadataErrors(metadata: Fields, path: FieldPath): readonly FieldError[] {
  return refusedMetadata
    .filter(([name]) => !isEmpty(metadata[name]) || emptiedFields(metadata).includes(name))
    .map(([, shown]) => forbidden(path.child(shown), 'cannot be set'))
}
