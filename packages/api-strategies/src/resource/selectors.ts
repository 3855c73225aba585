import {
  type FieldError,
  type FieldPath,
  forbidden,
  internalFieldError,
  invalid,
  required,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { fieldsOf, isFields, textOf } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'
import { listErrors } from './lists.ts'

const maxSelectors = 32
const longestExpression = 10 * 1024
const maxCost = 1_000_000n

/**
 * Checks selectors of devices. Expressions are compiled by whoever gave the context a compiler.
 *
 * @param stored the selectors were there before: newer servers may have let pass what this one does not know
 */
export function deviceSelectorErrors(
  selectors: unknown,
  stored: boolean,
  context: StrategyContext,
  path: FieldPath,
): readonly FieldError[] {
  return listErrors(
    selectors,
    maxSelectors,
    (selector, at) => {
      const { cel } = fieldsOf(selector)
      if (!isFields(cel)) return [required(at.child('cel'))]
      return expressionErrors(textOf(cel['expression']), stored, context, at.child('cel', 'expression'))
    },
    path,
  )
}

function expressionErrors(
  expression: string,
  stored: boolean,
  { expressions, gates }: StrategyContext,
  path: FieldPath,
): readonly FieldError[] {
  if (utf8Length(expression) > longestExpression) return [tooLong(path, longestExpression)]
  const consumableCapacity = gates.enabled('DRAConsumableCapacity')
  const answer = expressions?.deviceSelector(expression, { stored, consumableCapacity })
  if (answer === undefined) return []
  if ('maxCost' in answer) {
    return answer.maxCost > maxCost ? [forbidden(path, 'too complex, exceeds cost limit')] : []
  }
  const { type, detail } = answer.error
  if (type === 'required') return [required(path, detail)]
  return [type === 'invalid' ? invalid(path, expression, detail) : internalFieldError(path, detail)]
}
