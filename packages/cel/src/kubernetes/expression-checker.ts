/** What is wrong with an expression, as upstream's apiserver says it. */
export interface ExpressionError {
  /** Which field error it becomes: `required`, `invalid` (with the expression as the bad value) or `internal`. */
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

/** Which variables an admission expression may use. */
export interface AdmissionExpressionOptions {
  readonly kind: AdmissionExpressionKind
  /** `params` is declared. */
  readonly hasParams?: boolean
  /** `authorizer` and `authorizer.requestResource` are declared. */
  readonly hasAuthorizer?: boolean
  /** Checked as an expression that was stored before: every library is known to it. */
  readonly stored?: boolean
}

/** Checks the expressions of one policy; remembers the variables that were declared before. */
export interface PolicyExpressions {
  /** Checks one expression; the answer is undefined when it is right. `variables` has what was declared so far. */
  check(expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
  /** Checks a variable's expression, and declares it (also a wrong one, as dyn). */
  declare(name: string, expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
}

/** What a device selector must know. */
export interface DeviceSelectorOptions {
  readonly stored?: boolean
  /** The gate DRAConsumableCapacity: `device.allowMultipleAllocations` is declared. */
  readonly consumableCapacity: boolean
}

/** Checks CEL expressions for strategies: no I/O, no state beyond caches. */
export interface ExpressionChecker {
  /** Checks an expression that knows no `variables`: match conditions of webhooks. */
  admission(expression: string, options: AdmissionExpressionOptions): ExpressionError | undefined
  /** A checker for one policy, with `variables`. */
  policy(): PolicyExpressions
  /** Checks a DRA selector; `maxCost` is the estimate that must stay within 1,000,000. */
  deviceSelector(
    expression: string,
    options: DeviceSelectorOptions,
  ): { readonly error: ExpressionError } | { readonly maxCost: bigint }
}
