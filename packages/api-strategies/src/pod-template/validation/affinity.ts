import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isValidLabelValue,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  required,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named, withOrigin } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { labelKeyErrors } from './label-keys.ts'
import type { PodOptions } from './options.ts'
import { selectorErrors } from './selectors.ts'

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Checks where a pod wants to run. */
export function affinityErrors(affinity: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = fieldsOf(affinity)
  return [
    ...nodeAffinityErrors(fieldsOf(nodeAffinity), options, path.child('nodeAffinity')),
    ...podAffinityErrors(fieldsOf(podAffinity), options, path.child('podAffinity')),
    ...podAffinityErrors(fieldsOf(podAntiAffinity), options, path.child('podAntiAffinity')),
  ]
}

function nodeAffinityErrors(affinity: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const selector = affinity[requiredTerms]
  return [
    ...(isFields(selector)
      ? nodeSelectorErrors(selector, path.child(requiredTerms), options.anyNodeAffinityValue)
      : []),
    ...objectsOf(affinity[preferredTerms]).flatMap((term, index) => {
      const at = path.child(preferredTerms).index(index)
      return [...weightErrors(term, at), ...nodeTermErrors(fieldsOf(term['preference']), at.child('preference'), false)]
    }),
  ]
}

/** Checks a choice of nodes: at least one term, each of them right. `anyValue` lets values pass that no label can hold. */
export function nodeSelectorErrors(selector: Fields, path: FieldPath, anyValue = false): readonly FieldError[] {
  const at = path.child('nodeSelectorTerms')
  const terms = objectsOf(selector['nodeSelectorTerms'])
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, index) => nodeTermErrors(term, at.index(index), !anyValue))
}

function weightErrors(term: Fields, path: FieldPath): readonly FieldError[] {
  const weight = numberOf(term['weight'])
  return weight > 0 && weight <= 100 ? [] : [invalid(path.child('weight'), weight, 'must be in the range 1-100')]
}

function nodeTermErrors(term: Fields, path: FieldPath, checkValues: boolean): readonly FieldError[] {
  return [
    ...objectsOf(term['matchExpressions']).flatMap((requirement, index) =>
      expressionErrors(requirement, path.child('matchExpressions').index(index), checkValues),
    ),
    ...objectsOf(term['matchFields']).flatMap((requirement, index) =>
      fieldRequirementErrors(requirement, path.child('matchFields').index(index)),
    ),
  ]
}

function expressionErrors(requirement: Fields, path: FieldPath, checkValues: boolean): readonly FieldError[] {
  const values = listOf(requirement['values'])
  const at = path.child('values')
  const own = [
    ...countErrors(textOf(requirement['operator']), values.length, path),
    ...validateLabelName(textOf(requirement['key']), path.child('key')),
  ]
  if (!checkValues) return own
  const wrong = values.flatMap((value, index) => invalidEach(at.index(index), value, isValidLabelValue(textOf(value))))
  // Upstream marks all that it found so far along with a value.
  return wrong.length === 0 ? own : withOrigin([...own, ...wrong], 'format=k8s-label-value')
}

function countErrors(operator: string, count: number, path: FieldPath): readonly FieldError[] {
  const at = path.child('values')
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count === 0 ? [required(at, "must be specified when `operator` is 'In' or 'NotIn'")] : []
    case 'Exists':
    case 'DoesNotExist':
      return count > 0 ? [forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")] : []
    case 'Gt':
    case 'Lt':
      return count === 1 ? [] : [required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalid(path.child('operator'), named(operator), 'not a valid selector operator')]
  }
}

function fieldRequirementErrors(requirement: Fields, path: FieldPath): readonly FieldError[] {
  const operator = textOf(requirement['operator'])
  const key = textOf(requirement['key'])
  const values = listOf(requirement['values'])
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(path.child('operator'), named(operator), 'not a valid selector operator'))
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.push(required(path.child('values'), detail))
  }
  if (key !== 'metadata.name') return [...errors, invalid(path.child('key'), key, 'not a valid field selector key')]
  const at = path.child('values')
  const names = values.flatMap((value, index) =>
    invalidEach(at.index(index), value, nameIsDNSSubdomain(textOf(value), false)),
  )
  return [...errors, ...names]
}

function podAffinityErrors(affinity: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  return [
    ...objectsOf(affinity[requiredTerms]).flatMap((term, index) =>
      podTermErrors(term, options, path.child(requiredTerms).index(index)),
    ),
    ...objectsOf(affinity[preferredTerms]).flatMap((weighted, index) => {
      const at = path.child(preferredTerms).index(index)
      return [
        ...weightErrors(weighted, at),
        ...podTermErrors(fieldsOf(weighted['podAffinityTerm']), options, at.child('podAffinityTerm')),
      ]
    }),
  ]
}

function podTermErrors(term: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const at = path.child('topologyKey')
  return [
    ...selectorErrors(term['labelSelector'], path.child('labelSelector'), options.anyAffinitySelector),
    ...selectorErrors(term['namespaceSelector'], path.child('namespaceSelector'), options.anyAffinitySelector),
    ...listOf(term['namespaces']).flatMap((name) =>
      invalidEach(path.child('namespace'), name, nameIsDNSLabel(textOf(name), false)),
    ),
    ...labelKeyErrors(term, path),
    ...(isEmpty(term['topologyKey']) ? [required(at, 'can not be empty')] : []),
    ...validateLabelName(textOf(term['topologyKey']), at),
  ]
}
