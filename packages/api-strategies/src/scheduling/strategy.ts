import { type FieldError, FieldPath, forbidden, validateImmutableField } from '@kube-bonsai/apimachinery'
import { oneOfErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, numberOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const policies = ['PreemptLowerPriority', 'Never']
const policyPath = FieldPath.of('preemptionPolicy')
const highestUserPriority = 1_000_000_000
const systemPrefix = 'system-'

const systemValues: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

/** Names of the system are for its own two classes. */
function systemNameErrors(priorityClass: Fields, name: string): readonly FieldError[] {
  const value = Object.hasOwn(systemValues, name) ? systemValues[name] : undefined
  const why =
    value === undefined
      ? `${name} is not a known system priority class`
      : numberOf(priorityClass['value']) !== value
        ? `value of ${name} PriorityClass must be ${value}`
        : priorityClass['globalDefault'] === true
          ? `globalDefault of ${name} PriorityClass must be false`
          : undefined
  if (why === undefined) return []
  const detail = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${why}`
  return [forbidden(FieldPath.of('metadata').child('name'), detail)]
}

function priorityClassErrors(priorityClass: Fields): readonly FieldError[] {
  const { preemptionPolicy, value, metadata } = priorityClass
  const errors: FieldError[] = []
  const name = textOf(fieldsOf(metadata)['name'])
  if (name.startsWith(systemPrefix)) errors.push(...systemNameErrors(priorityClass, name))
  else if (numberOf(value) > highestUserPriority) {
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
