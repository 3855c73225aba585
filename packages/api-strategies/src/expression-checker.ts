/** What is wrong with an expression, in upstream's words. */
export interface ExpressionError {
  /** Which field error it becomes: `invalid` has the expression as the bad value. */
  readonly type: 'required' | 'invalid' | 'internal'
  readonly detail: string
}

/** What an admission expression is for; it decides the types that it may have. */
export type AdmissionExpressionKind =
  | 'matchCondition'
  | 'validation'
  | 'messageExpression'
  | 'auditAnnotation'
  | 'variable'
  | 'applyConfiguration'
  | 'jsonPatch'

/** What an admission expression is for, and which variables it may use. */
export interface AdmissionExpressionOptions {
  readonly kind: AdmissionExpressionKind
  /** `params` is declared. */
  readonly hasParams?: boolean
  /** `authorizer` and `authorizer.requestResource` are declared. */
  readonly hasAuthorizer?: boolean
  /** Checked as an expression that was stored before. */
  readonly stored?: boolean
}

/** Checks the expressions of one policy, in the order in which they stand; remembers its variables. */
export interface PolicyExpressions {
  /** What is wrong with an expression; undefined when it is right. */
  check(expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
  /** The same for a variable, which later expressions may use, also when it is wrong. */
  declare(name: string, expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
}

/** Checks the CEL expressions of webhooks and policies for strategies; `@kube-bonsai/cel` exports one as `expressionChecker`. */
export interface AdmissionExpressionChecker {
  /** An expression outside of policies: match conditions of webhooks. */
  admission(expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
  /** @param composed whether the policy has variables; without it, it has once one is declared */
  policy(composed?: boolean): PolicyExpressions
}
