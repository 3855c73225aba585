import {
  duplicate,
  type FieldError,
  FieldPath,
  invalid,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  nameIsDNSLabel,
  required,
  semanticEqual,
  tooMany,
} from '@kube-bonsai/apimachinery'
import { internalList, internalValue } from '../internal-form/internal-value.ts'
import { invalidEach, notPositiveErrors, requiredThen } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const specPath = FieldPath.of('spec')
const maxGroups = 8
const immutable = 'field is immutable'

/** @see pkg/apis/scheduling/validation/validation.go ValidateWorkload */
function workloadErrors(workload: Fields): readonly FieldError[] {
  const spec = fieldsOf(workload['spec'])
  const groups = objectsOf(spec['podGroups'])
  const path = specPath.child('podGroups')
  const errors = [...controllerErrors(spec['controllerRef'], specPath.child('controllerRef'))]
  if (groups.length === 0) return [...errors, required(path, 'must have at least one item')]
  if (groups.length > maxGroups) return [...errors, tooMany(path, groups.length, maxGroups)]
  const names = new Set<string>()
  return [
    ...errors,
    ...groups.flatMap((group, index) => {
      const at = path.index(index)
      const name = textOf(group['name'])
      const repeated = names.has(name)
      names.add(name)
      return [
        ...invalidEach(at.child('name'), name, nameIsDNSLabel(name, false)),
        ...(repeated ? [duplicate(at.child('name'), name)] : []),
        ...policyErrors(fieldsOf(group['policy']), at.child('policy')),
      ]
    }),
  ]
}

function controllerErrors(reference: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(reference)) return []
  const group = textOf(reference['apiGroup'])
  return [
    ...(group === '' ? [] : invalidEach(path.child('apiGroup'), group, isDNS1123Subdomain(group))),
    ...requiredThen(reference['kind'], path.child('kind'), isValidPathSegmentName),
    ...requiredThen(reference['name'], path.child('name'), isValidPathSegmentName),
  ]
}

const oneOf = 'exactly one of `basic`, `gang` is required'

function policyErrors(policy: Fields, path: FieldPath): readonly FieldError[] {
  const set = ['basic', 'gang'].filter((name) => !isAbsent(policy[name]))
  if (set.length === 0) return [required(path, oneOf)]
  if (set.length > 1) return [invalid(path, '{`basic`, `gang`}', `${oneOf}, but multiple fields are set`)]
  const { gang } = policy
  if (!isFields(gang)) return []
  return notPositiveErrors(numberOf(gang['minCount']), path.child('gang', 'minCount'))
}

function changeErrors(workload: Fields, old: Fields): readonly FieldError[] {
  const spec = fieldsOf(workload['spec'])
  const stored = fieldsOf(old['spec'])
  const { controllerRef, podGroups } = spec
  const errors: FieldError[] = []
  if (!isAbsent(stored['controllerRef']) && !semanticEqual(controllerRef, stored['controllerRef'])) {
    const value = isFields(controllerRef) ? internalValue('scheduling.TypedLocalObjectReference', controllerRef) : null
    errors.push(invalid(FieldPath.of('controllerRef'), value, immutable))
  }
  if (semanticEqual(podGroups, stored['podGroups'])) return errors
  return [...errors, invalid(FieldPath.of('podGroups'), internalList('scheduling.PodGroup', podGroups), immutable)]
}

/** @see pkg/registry/scheduling/workload/strategy.go */
export const workloadRoom: Room = {
  group: 'scheduling.k8s.io',
  kind: 'Workload',
  validate: workloadErrors,
  update: { validate: (workload, old) => [...workloadErrors(workload), ...changeErrors(workload, old)] },
}
