import { type FieldError, FieldPath, forbidden, validateImmutableField } from '@kube-bonsai/apimachinery'
import { oneOfErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, numberOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const policies = ['PreemptLowerPriority', 'Never']
const policyPath = FieldPath.of('preemptionPolicy')
const highestUserPriority = 1_000_000_000
const systemPrefix = 'system-'

function priorityClassErrors(priorityClass: Fields): readonly FieldError[] {
  const { preemptionPolicy, value, metadata } = priorityClass
  const errors: FieldError[] = []
  const name = textOf(fieldsOf(metadata)['name'])
  if (numberOf(value) > highestUserPriority && !name.startsWith(systemPrefix)) {
    const detail = `maximum allowed value of a user defined priority is ${highestUserPriority}`
    errors.push(forbidden(FieldPath.of('value'), detail))
  }
  return isAbsent(preemptionPolicy) ? errors : [...errors, ...oneOfErrors(preemptionPolicy, policyPath, policies)]
}

/** @see pkg/registry/scheduling/priorityclass/strategy.go */
export const priorityClassRoom: Room = {
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  validate: priorityClassErrors,
  update: {
    validate: (priorityClass, old) => [
      ...(numberOf(priorityClass['value']) === numberOf(old['value'])
        ? []
        : [forbidden(FieldPath.of('value'), 'may not be changed in an update.')]),
      ...validateImmutableField(priorityClass['preemptionPolicy'] ?? null, old['preemptionPolicy'] ?? null, policyPath),
    ],
  },
}
