import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  nameIsDNSSubdomain,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { named, requiredThen } from '../meta/checks.ts'
import { type Fields, isFields, listOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { matchResourceErrors, paramRefErrors } from './match-resources.ts'
import { operationErrors } from './mutating-policy.ts'
import { specOf, specPath } from './policy.ts'

const actions = ['Audit', 'Deny', 'Warn']
const denyAndWarn =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'

function sharedErrors(binding: Fields): readonly FieldError[] {
  const { policyName, paramRef, matchResources } = specOf(binding)
  return [
    ...requiredThen(policyName, specPath.child('policyName'), (name) => nameIsDNSSubdomain(name, false)),
    ...(isFields(paramRef) ? paramRefErrors(paramRef, specPath.child('paramRef')) : []),
    ...(isFields(matchResources) ? matchResourceErrors(matchResources, specPath.child('matchResources')) : []),
  ]
}

function actionErrors(values: readonly unknown[], at: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  const errors = values.flatMap((value, index) => {
    const action = textOf(value)
    const unknown = actions.includes(action) ? [] : [notSupported(at.index(index), named(action), actions)]
    const repeated = seen.has(action) ? [duplicate(at.index(index), named(action))] : []
    seen.add(action)
    return [...unknown, ...repeated]
  })
  if (seen.has('Deny') && seen.has('Warn')) errors.push(invalid(at, values, denyAndWarn))
  if (seen.size === 0) errors.push(required(at, 'at least one validation action is required'))
  return errors
}

function bindingRoom(kind: string, check: (binding: Fields) => readonly FieldError[]): Room {
  return {
    group: 'admissionregistration.k8s.io',
    kind,
    validate: (binding) => check(binding),
    update: { validate: (binding) => check(binding) },
  }
}

/** @see pkg/registry/admissionregistration/validatingadmissionpolicybinding/strategy.go */
export const validatingAdmissionPolicyBindingRoom: Room = bindingRoom('ValidatingAdmissionPolicyBinding', (binding) => [
  ...sharedErrors(binding),
  ...actionErrors(listOf(specOf(binding)['validationActions']), specPath.child('validationActions')),
])

/** @see pkg/registry/admissionregistration/mutatingadmissionpolicybinding/strategy.go */
export const mutatingAdmissionPolicyBindingRoom: Room = bindingRoom('MutatingAdmissionPolicyBinding', (binding) => [
  ...sharedErrors(binding),
  ...operationErrors(specOf(binding), 'matchResources'),
])
