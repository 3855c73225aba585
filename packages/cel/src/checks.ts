import type { AdmissionVariables } from './admission/environment.ts'
import {
  type AdmissionExpression,
  type AdmissionExpressionKind,
  compileAdmissionExpression,
  PolicyCompiler,
} from './admission/expressions.ts'
import { compileDeviceSelector } from './devices/device-selector.ts'

/** What is wrong with an expression, in upstream's words. */
export interface ExpressionProblem {
  readonly type: 'invalid'
  readonly detail: string
}

/** What an admission expression is for, and which variables it may use. */
export interface ExpressionUse {
  readonly kind: AdmissionExpressionKind
  readonly hasParams?: boolean
  readonly hasAuthorizer?: boolean
}

/** Checks the expressions of one policy, in the order in which they stand. */
export interface PolicyExpressionCheck {
  check(expression: string, use: ExpressionUse): ExpressionProblem | undefined
  /** The same for a variable, which later expressions may use, also when it is wrong. */
  declare(name: string, expression: string, use: ExpressionUse): ExpressionProblem | undefined
}

const problem = (detail: string): ExpressionProblem => ({ type: 'invalid', detail })
const problemOf = (compiled: AdmissionExpression): ExpressionProblem | undefined =>
  'error' in compiled ? problem(compiled.error) : undefined

const variablesOf = ({ kind, hasParams = false, hasAuthorizer = false }: ExpressionUse): AdmissionVariables => ({
  hasParams,
  hasAuthorizer,
  hasPatchTypes: kind === 'applyConfiguration' || kind === 'jsonPatch',
})

/** What the strategies of kinds with expressions ask: is this one right? Undefined means that it is. */
export const expressionChecker: {
  /** An expression outside of policies: match conditions of webhooks. */
  admission(expression: string, use: ExpressionUse): ExpressionProblem | undefined
  /** @param composed whether the policy has variables; without it, it has once one is declared */
  policy(composed?: boolean): PolicyExpressionCheck
  /** A selector of devices, with the estimate that must not exceed {@link deviceSelectorCostLimit}. */
  deviceSelector(
    expression: string,
    options: { readonly stored: boolean; readonly consumableCapacity: boolean },
  ): { readonly error: ExpressionProblem } | { readonly maxCost: bigint }
} = {
  admission: (expression, use) => problemOf(compileAdmissionExpression(expression, use.kind, variablesOf(use))),
  policy(composed = false) {
    let compiler = new PolicyCompiler(composed)
    let declares = composed
    return {
      check: (expression, use) => problemOf(compiler.compile(expression, use.kind, variablesOf(use))),
      declare(name, expression, use) {
        if (!declares) compiler = new PolicyCompiler(true)
        declares = true
        return problemOf(compiler.declare(name, expression, variablesOf(use)))
      },
    }
  },
  deviceSelector(expression, { stored, consumableCapacity }) {
    const selector = compileDeviceSelector(expression, { consumableCapacity: stored || consumableCapacity })
    return 'error' in selector ? { error: problem(selector.error) } : selector
  },
}
