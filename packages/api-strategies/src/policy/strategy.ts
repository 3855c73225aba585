import {
  type Condition,
  type FieldError,
  FieldPath,
  invalid,
  validateConditions,
  validateLabelSelector,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../internal-form/internal-value.ts'
import { ifSetOneOf } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf } from '../meta/json.ts'
import { labelSelectorOf } from '../printing/texts.ts'
import type { Room } from '../room.ts'
import { countErrors, intOrPercentErrors, over100Errors } from '../workloads/amounts.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const selectorPath = specPath.child('selector')
const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget']
const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']

function amountErrors(spec: Fields): readonly FieldError[] {
  const { minAvailable, maxUnavailable } = spec
  const both = !isAbsent(minAvailable) && !isAbsent(maxUnavailable)
  const errors: FieldError[] = both
    ? [
        invalid(
          specPath,
          internalValue('policy.PodDisruptionBudgetSpec', spec),
          'minAvailable and maxUnavailable cannot be both set',
        ),
      ]
    : []
  for (const name of ['minAvailable', 'maxUnavailable']) {
    const amount = spec[name]
    const path = specPath.child(name)
    if (!isAbsent(amount)) errors.push(...intOrPercentErrors(amount, path), ...over100Errors(amount, path))
  }
  return errors
}

function selectorErrors(budget: Fields, lenient: boolean): readonly FieldError[] {
  const { selector } = fieldsOf(budget['spec'])
  if (!isFields(selector)) return []
  return validateLabelSelector(labelSelectorOf(selector), { allowInvalidLabelValueInSelector: lenient }, selectorPath)
}

/** Whether a stored budget selects by values that no label can have: its updates may keep them. */
const hasBadValues = (old: Fields): boolean => selectorErrors(old, false).length > selectorErrors(old, true).length

function budgetErrors(budget: Fields, lenient: boolean): readonly FieldError[] {
  const spec = fieldsOf(budget['spec'])
  const selector = selectorErrors(budget, lenient)
  return [
    ...amountErrors(spec),
    ...selector,
    ...ifSetOneOf(spec['unhealthyPodEvictionPolicy'], specPath.child('unhealthyPodEvictionPolicy'), evictionPolicies),
  ]
}

function statusErrors(budget: Fields): readonly FieldError[] {
  const status = fieldsOf(budget['status'])
  const conditions = listOf(status['conditions']) as readonly Condition[]
  return [...validateConditions(conditions, statusPath.child('conditions')), ...countErrors(status, counts, statusPath)]
}

/** @see pkg/registry/policy/poddisruptionbudget/strategy.go */
export const podDisruptionBudgetRoom: Room = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  validate: (budget) => budgetErrors(budget, false),
  update: { validate: (budget, old) => budgetErrors(budget, hasBadValues(old)) },
  status: { validate: statusErrors },
}
