import {
  compareUtf8,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isQualifiedName,
  notSupported,
  required,
  semanticEqual,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { indentedInternal } from '../../internal-form/internal-value.ts'
import { unifiedDiff } from '../../internal-form/unified-diff.ts'
import { invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, textOf, withField } from '../../meta/json.ts'
import { basicResourceErrors, quantityOf } from '../../pod-template/validation/quantities.ts'
import { isNative, quantityErrors } from '../../pod-template/validation/resources.ts'
import type { StrategyContext } from '../../strategy.ts'
import { normalizedDataSources } from './data-source.ts'
import { type ClaimOptions, claimOptions, claimSpecErrors } from './spec-validation.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const classKey = 'volume.beta.kubernetes.io/storage-class'
const frozen =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** Checks a new claim. */
export function claimErrors(claim: Fields, context: StrategyContext): readonly FieldError[] {
  return claimSpecErrors(fieldsOf(claim['spec']), claimOptions(undefined, context), specPath)
}

const annotationsOf = (claim: Fields): Fields => fieldsOf(fieldsOf(claim['metadata'])['annotations'])
const requestsOf = (spec: Fields): unknown => fieldsOf(spec['resources'])['requests']

/**
 * Checks a change of a claim: its spec stays, but for what a bound claim asks for.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimUpdate
 */
export function claimUpdateErrors(claim: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const options = claimOptions(old, context)
  const spec = fieldsOf(claim['spec'])
  const stored = normalizedDataSources(fieldsOf(old['spec']), context.gates)
  const size = quantityOf(fieldsOf(requestsOf(spec))['storage'])
  const shrinks = size.cmp(quantityOf(fieldsOf(requestsOf(stored))['storage'])) < 0
  return [
    ...claimSpecErrors(spec, options, specPath),
    ...classAnnotationErrors(claim, old, spec, stored),
    ...frozenErrors(maskedSpec(claim, old, spec, stored), maskedStored(spec, stored)),
    ...(shrinks ? shrinkErrors(spec, old, options) : []),
    ...validateImmutableField(spec['volumeMode'] ?? null, stored['volumeMode'] ?? null, FieldPath.of('volumeMode')),
    ...attributesClassErrors(spec, stored, old, options, context),
  ]
}

/** Whether a claim takes over into the field what it said in an annotation from before there was one. */
function movesClass(claim: Fields, old: Fields, spec: Fields, stored: Fields): boolean {
  const before = annotationsOf(old)
  const after = annotationsOf(claim)
  if (!Object.hasOwn(before, classKey) || !isAbsent(stored['storageClassName'])) return false
  if (spec['storageClassName'] !== before[classKey]) return false
  return !Object.hasOwn(after, classKey) || after[classKey] === before[classKey]
}

function classAnnotationErrors(claim: Fields, old: Fields, spec: Fields, stored: Fields): readonly FieldError[] {
  if (movesClass(claim, old, spec, stored)) return []
  const next = textOf(annotationsOf(claim)[classKey])
  if (next === textOf(annotationsOf(old)[classKey])) return []
  return [invalid(FieldPath.of('metadata').child('annotations', classKey), next, 'field is immutable')]
}

/** The new spec with what may change as the stored one has it. */
function maskedSpec(claim: Fields, old: Fields, spec: Fields, stored: Fields): Fields {
  let result = spec
  const before = annotationsOf(old)
  if (movesClass(claim, old, spec, stored)) result = withField(result, 'storageClassName', undefined)
  else if (!isAbsent(spec['storageClassName']) && isAbsent(stored['storageClassName'])) {
    const allowed = !Object.hasOwn(before, classKey) || before[classKey] === spec['storageClassName']
    if (allowed) result = withField(result, 'storageClassName', undefined)
  }
  if (fieldsOf(claim['status'])['phase'] !== 'Bound') return result
  const requests = requestsOf(spec)
  if (isFields(requests)) {
    const storage = fieldsOf(requestsOf(stored))['storage'] ?? '0'
    result = withField(result, 'resources', { ...fieldsOf(spec['resources']), requests: { ...requests, storage } })
  }
  return withField(result, 'volumeAttributesClassName', stored['volumeAttributesClassName'])
}

/** The stored spec; its volume may be named once. */
function maskedStored(spec: Fields, stored: Fields): Fields {
  return isEmpty(stored['volumeName']) ? withField(stored, 'volumeName', spec['volumeName']) : stored
}

function frozenErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  if (semanticEqual(spec, stored)) return []
  const type = 'PersistentVolumeClaimSpec'
  const difference = unifiedDiff(indentedInternal(type, stored), indentedInternal(type, spec))
  return [forbidden(specPath, `${frozen}\n${difference}`)]
}

function shrinkErrors(spec: Fields, old: Fields, options: ClaimOptions): readonly FieldError[] {
  const path = specPath.child('resources', 'requests', 'storage')
  if (!options.recoverExpansion) return [forbidden(path, 'field can not be less than previous value')]
  const capacity = quantityOf(fieldsOf(fieldsOf(old['status'])['capacity'])['storage'])
  const size = quantityOf(fieldsOf(requestsOf(spec))['storage'])
  return size.cmp(capacity) <= 0 ? [forbidden(path, 'field can not be less than status.capacity')] : []
}

function attributesClassErrors(
  spec: Fields,
  stored: Fields,
  old: Fields,
  options: ClaimOptions,
  context: StrategyContext,
): readonly FieldError[] {
  const name = 'volumeAttributesClassName'
  const path = specPath.child(name)
  if ((spec[name] ?? null) === (stored[name] ?? null)) return []
  const errors = context.gates.enabled('VolumeAttributesClass')
    ? []
    : [forbidden(path, 'update is forbidden when the VolumeAttributesClass feature gate is disabled')]
  const current = fieldsOf(old['status'])['currentVolumeAttributesClassName']
  if (!options.attributesClass || isAbsent(current) || !isEmpty(spec[name])) return errors
  const what = isAbsent(spec[name]) ? 'nil' : 'empty string'
  const detail = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`
  return [...errors, forbidden(path, detail)]
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort()

/** Checks a change of a claim's status. */
export function claimStatusErrors(claim: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const status = fieldsOf(claim['status'])
  const capacity = fieldsOf(status['capacity'])
  const errors: FieldError[] = []
  if (isEmpty(fieldsOf(claim['metadata'])['resourceVersion'])) errors.push(required(FieldPath.of('resourceVersion')))
  if (isEmpty(fieldsOf(claim['spec'])['accessModes'])) errors.push(required(FieldPath.of('Spec').child('accessModes')))
  for (const name of Object.keys(capacity).sort(compareUtf8)) {
    errors.push(...basicResourceErrors(capacity[name], statusPath.child('capacity').key(name)))
  }
  if (!claimOptions(old, context).recoverExpansion) return errors
  return [...errors, ...resizeStatusErrors(status), ...allocationErrors(status)]
}

function resizeStatusErrors(status: Fields): readonly FieldError[] {
  const path = statusPath.child('allocatedResourceStatuses')
  return Object.entries(fieldsOf(status['allocatedResourceStatuses'])).flatMap(([name, state]) => [
    ...resourceKeyErrors(name, path),
    ...(resizeStatuses.includes(textOf(state)) ? [] : [notSupported(path, named(name), resizeStatuses)]),
  ])
}

function allocationErrors(status: Fields): readonly FieldError[] {
  const path = statusPath.child('allocatedResources')
  return Object.entries(fieldsOf(status['allocatedResources'])).flatMap(([name, amount]) => {
    const wrongKey = resourceKeyErrors(name, path)
    if (wrongKey.length > 0) return wrongKey
    const wrong = basicResourceErrors(amount, path.key(name))
    return wrong.length > 0 ? wrong : quantityErrors('storage', amount, path.key(name))
  })
}

function resourceKeyErrors(name: string, path: FieldPath): readonly FieldError[] {
  const messages = isQualifiedName(name)
  if (messages.length > 0) return invalidEach(path, name, messages)
  return isNative(name) && name !== 'storage' ? [notSupported(path, name, ['storage'])] : []
}
