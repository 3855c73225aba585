import { aggregateMessage } from '@kube-bonsai/apimachinery'
import type { AdmissionExpression, AdmissionInput } from '@kube-bonsai/cel'
import type { ExpressionEngine } from '../../expressions.ts'

/** Whether conditions let a policy or a webhook be asked; or why nobody can tell. */
export type ConditionAnswer = { readonly matches: boolean } | { readonly error: string }

/**
 * Evaluates match conditions: one that is false decides, whatever others fail.
 *
 * @see apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go
 */
export function evaluateConditions(
  engine: ExpressionEngine,
  conditions: readonly AdmissionExpression[],
  input: AdmissionInput,
  failurePolicy: string,
  variables?: ReadonlyMap<string, AdmissionExpression>,
): ConditionAnswer {
  const { AdmissionBudgetError, AdmissionEvaluation, CelError, matchConditionCostBudget } = engine
  // Upstream gives no namespace to match conditions.
  const evaluation = new AdmissionEvaluation(
    { ...input, namespaceObject: undefined },
    matchConditionCostBudget,
    variables,
  )
  const failed = (error: string): ConditionAnswer => (failurePolicy === 'Ignore' ? { matches: false } : { error })
  const errors: string[] = []
  let no = false
  try {
    for (const condition of conditions) {
      const value = evaluation.evaluate(condition)
      if (value instanceof CelError) errors.push(value.message)
      else if (value === false) no = true
    }
  } catch (error) {
    if (error instanceof AdmissionBudgetError) return failed(error.message)
    throw error
  }
  if (no) return { matches: false }
  return errors.length > 0 ? failed(aggregateMessage(errors)) : { matches: true }
}
