import {
  duplicate,
  type FieldError,
  type FieldPath,
  internalFieldError,
  invalid,
  required,
  tooMany,
} from '@kube-bonsai/apimachinery'
import type { ExpressionError } from '../expression-checker.ts'
import { qualifiedNameErrors } from '../meta/checks.ts'
import { isEmpty, objectsOf, textOf } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'

const maxConditions = 64

/** How match conditions are checked. */
export interface MatchConditionOptions {
  /** `params` may be used. */
  readonly hasParams: boolean
  /** Expressions that were stored before. */
  readonly stored: ReadonlySet<string>
}

/** The field error that a wrong expression becomes. */
export function expressionErrors(
  problem: ExpressionError | undefined,
  expression: string,
  path: FieldPath,
): readonly FieldError[] {
  switch (problem?.type) {
    case undefined:
      return []
    case 'required':
      return [required(path, problem.detail)]
    case 'invalid':
      return [invalid(path, expression, problem.detail)]
    case 'internal':
      return [internalFieldError(path, problem.detail)]
  }
}

/** Checks the conditions under which a webhook or a policy is asked. */
export function matchConditionErrors(
  conditions: unknown,
  path: FieldPath,
  { hasParams, stored }: MatchConditionOptions,
  context: StrategyContext,
): readonly FieldError[] {
  const list = objectsOf(conditions)
  const errors: FieldError[] = list.length > maxConditions ? [tooMany(path, list.length, maxConditions)] : []
  const seen = new Set<string>()
  list.forEach((condition, index) => {
    const at = path.index(index)
    const name = textOf(condition['name'])
    const expression = textOf(condition['expression']).trim()
    const expressionPath = at.child('expression')
    if (expression === '') errors.push(required(expressionPath))
    else {
      const options = {
        kind: 'matchCondition',
        hasParams,
        hasAuthorizer: true,
        stored: stored.has(expression),
      } as const
      const problem = context.admissionExpressions?.admission(expression, options)
      errors.push(...expressionErrors(problem, expression, expressionPath))
    }
    if (isEmpty(name)) errors.push(required(at.child('name')))
    else errors.push(...qualifiedNameErrors(name, at.child('name')))
    if (name !== '' && seen.has(name)) errors.push(duplicate(at.child('name'), name))
    seen.add(name)
  })
  return errors
}

/** The expressions of conditions. */
export const expressionsIn = (items: unknown): readonly string[] =>
  objectsOf(items).map(({ expression }) => textOf(expression))
