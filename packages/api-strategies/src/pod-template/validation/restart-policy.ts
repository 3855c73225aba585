import { type FieldError, type FieldPath, notSupported, required } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isFields, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const policies = ['Always', 'Never', 'OnFailure']
const operators = ['In', 'NotIn']

/** Checks when a single container is started again. */
export function restartErrors(container: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const { restartPolicy, restartPolicyRules } = container
  const rules = objectsOf(restartPolicyRules)
  const at = path.child('restartPolicy')
  if (isAbsent(restartPolicy)) {
    return rules.length === 0
      ? []
      : [required(at, 'must specify restartPolicy when restart rules are used'), ...ruleErrors(rules, context, path)]
  }
  const known = policies.includes(textOf(restartPolicy))
  return [...(known ? [] : [notSupported(at, restartPolicy, policies)]), ...ruleErrors(rules, context, path)]
}

function ruleErrors(rules: readonly Fields[], context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const actions = context.gates.enabled('RestartAllContainersOnContainerExits')
    ? ['Restart', 'RestartAllContainers']
    : ['Restart']
  return rules.flatMap(({ action, exitCodes }, index) => {
    const at = path.child('restartPolicyRules').index(index)
    const errors: FieldError[] = []
    if (!actions.includes(textOf(action))) errors.push(notSupported(at.child('action'), textOf(action), ['Restart']))
    if (!isFields(exitCodes)) return [...errors, required(at.child('exitCodes'), 'must be specified')]
    const operator = textOf(exitCodes['operator'])
    if (operators.includes(operator)) return errors
    return [...errors, notSupported(at.child('exitCodes', 'operator'), operator, operators)]
  })
}
