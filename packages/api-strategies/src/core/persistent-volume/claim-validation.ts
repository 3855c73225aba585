import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import { type Fields, fieldsOf, listOf, textOf, withField } from '../../meta/json.ts'
import { selectorErrors } from '../../pod-template/validation/selectors.ts'

const specPath = FieldPath.of('spec')
const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const frozen =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** Checks what a claim asks for. @see pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec */
export function claimErrors(claim: Fields): readonly FieldError[] {
  const spec = fieldsOf(claim['spec'])
  const wanted = listOf(spec['accessModes']).map(textOf)
  const path = specPath.child('accessModes')
  const errors: FieldError[] = wanted.length === 0 ? [required(path, 'at least 1 access mode is required')] : []
  errors.push(...selectorErrors(spec['selector'], specPath.child('selector')))
  errors.push(...wanted.filter((mode) => !modes.includes(mode)).map((mode) => notSupported(path, mode, modes)))
  if (wanted.includes('ReadWriteOncePod') && wanted.length > 1) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'))
  }
  return [...errors, ...storageErrors(fieldsOf(fieldsOf(spec['resources'])['requests'])['storage'])]
}

function storageErrors(storage: unknown): readonly FieldError[] {
  const path = specPath.child('resources').key('storage')
  const amount = typeof storage === 'string' ? tryParseQuantity(storage) : undefined
  if (amount?.ok !== true) return [required(path)]
  return amount.value.sign() > 0 ? [] : [invalid(path, storage, 'must be greater than zero')]
}

/** Checks a change of a claim: once bound, it may only grow. */
export function claimUpdateErrors(claim: Fields, old: Fields): readonly FieldError[] {
  const stored = fieldsOf(old['spec'])
  let spec = fieldsOf(claim['spec'])
  const resources = withField(fieldsOf(spec['resources']), 'requests', fieldsOf(stored['resources'])['requests'])
  if (fieldsOf(old['status'])['phase'] === 'Bound') {
    spec = withField(
      withField(spec, 'resources', resources),
      'volumeAttributesClassName',
      stored['volumeAttributesClassName'],
    )
  }
  if (textOf(stored['volumeName']) === '') spec = withField(spec, 'volumeName', stored['volumeName'])
  const errors = claimErrors(claim)
  return semanticEqual(spec, stored) ? errors : [...errors, forbidden(specPath, frozen)]
}
