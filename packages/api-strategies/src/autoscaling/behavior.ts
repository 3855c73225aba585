import { type FieldError, type FieldPath, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import { ifSetOneOf, named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, textOf, withField } from '../meta/json.ts'

const directions = ['scaleUp', 'scaleDown']
const maxWindowSeconds = 3600
const maxPeriodSeconds = 1800
const notPositive = 'must be greater than zero'

/** Checks how fast an autoscaler scales. */
export function behaviorErrors(behavior: unknown, path: FieldPath): readonly FieldError[] {
  return directions.flatMap((name) => {
    const rules = fieldsOf(behavior)[name]
    return isFields(rules) ? rulesErrors(rules, path.child(name)) : []
  })
}

function rulesErrors(rules: Fields, path: FieldPath): readonly FieldError[] {
  const { stabilizationWindowSeconds: window, tolerance } = rules
  const errors: FieldError[] = []
  const at = path.child('stabilizationWindowSeconds')
  if (numberOf(window) < 0) errors.push(invalid(at, window, 'must be greater than or equal to zero'))
  if (numberOf(window) > maxWindowSeconds) {
    errors.push(invalid(at, window, `must be less than or equal to ${maxWindowSeconds}`))
  }
  errors.push(...ifSetOneOf(rules['selectPolicy'], path.child('selectPolicy'), ['Disabled', 'Max', 'Min']))
  const policies = objectsOf(rules['policies'])
  const policiesPath = path.child('policies')
  if (policies.length === 0) errors.push(required(policiesPath, 'must specify at least one Policy'))
  policies.forEach((policy, index) => {
    errors.push(...policyErrors(policy, policiesPath.index(index)))
  })
  const parsed = isAbsent(tolerance) ? undefined : tryParseQuantity(textOf(tolerance))
  if (parsed?.ok && parsed.value.sign() < 0) {
    errors.push(invalid(path.child('tolerance'), tolerance, 'must be greater than or equal to 0'))
  }
  return errors
}

function policyErrors(policy: Fields, path: FieldPath): readonly FieldError[] {
  const { type } = policy
  const errors: FieldError[] = []
  if (type !== 'Pods' && type !== 'Percent') {
    errors.push(notSupported(path.child('type'), named(type), ['Percent', 'Pods']))
  }
  for (const name of ['value', 'periodSeconds']) {
    const amount = numberOf(policy[name])
    if (amount <= 0) errors.push(invalid(path.child(name), amount, notPositive))
  }
  const period = numberOf(policy['periodSeconds'])
  if (period > maxPeriodSeconds) {
    errors.push(invalid(path.child('periodSeconds'), period, `must be less than or equal to ${maxPeriodSeconds}`))
  }
  return errors
}

/** Whether a direction has a tolerance of its own. */
export const hasTolerance = (behavior: unknown): boolean =>
  directions.some((name) => !isAbsent(fieldsOf(fieldsOf(behavior)[name])['tolerance']))

/** The behavior without tolerances. */
export function withoutTolerance(behavior: Fields): Fields {
  let result = behavior
  for (const name of directions) {
    const rules = behavior[name]
    if (isFields(rules)) result = withField(result, name, withField(rules, 'tolerance', undefined))
  }
  return result
}
