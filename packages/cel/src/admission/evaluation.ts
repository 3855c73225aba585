import type { AuthorizationQuestion, Authorize } from '../libraries/authorizer.ts'
import { AuthorizerValue, ResourceCheckValue } from '../libraries/authorizer.ts'
import { goQuote } from '../values/go-format.ts'
import { fromJson } from '../values/json.ts'
import { CelError, CelMap, type Value } from '../values/value.ts'
import type { AdmissionExpression } from './expressions.ts'

/** The most that all validations, or one mutation, of a policy may cost for a request. */
export const policyCostBudget = 10_000_000
/** The same for match conditions. */
export const matchConditionCostBudget = 2_500_000

/** What expressions see of a request; all JSON. */
export interface AdmissionInput {
  /** Absent on deletion. */
  readonly object?: unknown
  /** Absent on creation. */
  readonly oldObject?: unknown
  readonly request: unknown
  readonly namespaceObject?: unknown
  /** Null without params. */
  readonly params?: unknown
  /** What `authorizer.requestResource` asks about. */
  readonly resource?: Pick<
    Extract<AuthorizationQuestion, { readonly resource: string }>,
    'group' | 'resource' | 'subresource' | 'namespace' | 'name'
  >
  /** Answers for `authorizer`; without it the variable is not there. */
  readonly authorize?: Authorize
}

/** Nothing more is evaluated: the budget is spent. */
export class AdmissionBudgetError extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
  }
}

/** Evaluates the expressions of one policy on one request; variables are computed when they are read, once. */
export class AdmissionEvaluation {
  readonly #input: AdmissionInput
  readonly #variables: ReadonlyMap<string, AdmissionExpression>
  readonly #known = new Map<string, Value>()
  readonly #authorizer: AuthorizerValue | undefined
  #budget: number
  #variableCost = 0

  constructor(
    input: AdmissionInput,
    budget: number = policyCostBudget,
    variables: ReadonlyMap<string, AdmissionExpression> = new Map(),
  ) {
    this.#input = input
    this.#budget = budget
    this.#variables = variables
    this.#authorizer = input.authorize && new AuthorizerValue(input.authorize)
    for (const name of ['object', 'oldObject', 'request', 'namespaceObject', 'params'] as const)
      this.#known.set(name, fromJson(input[name] ?? null))
  }

  /** What is left. */
  get budget(): number {
    return this.#budget
  }

  /**
   * Evaluates one expression; its failure, as upstream words it, is a `CelError`.
   *
   * @throws AdmissionBudgetError
   */
  evaluate(expression: AdmissionExpression): Value {
    if ('error' in expression) return new CelError(`compilation error: ${expression.error}`)
    const { value, cost } = expression.program.evaluate((name) => this.#variable(name))
    this.#spend(this.#variableCost)
    this.#variableCost = 0
    this.#spend(cost)
    return value instanceof CelError
      ? new CelError(`expression '${expression.expression}' resulted in error: ${value.message}`)
      : value
  }

  #spend(cost: number): void {
    if (cost > this.#budget) throw new AdmissionBudgetError()
    this.#budget -= cost
  }

  #variable(name: string): Value | undefined {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const value = this.#compute(name)
    if (value !== undefined) this.#known.set(name, value)
    return value
  }

  #compute(name: string): Value | undefined {
    const { resource } = this.#input
    if (name === 'variables') return new Composed(this.#variables, (variable) => this.#composed(variable))
    if (name === 'authorizer') return this.#authorizer
    if (name === 'authorizer.requestResource' && this.#authorizer && resource)
      return new ResourceCheckValue(this.#authorizer, resource)
    return undefined
  }

  #composed(expression: AdmissionExpression & { readonly name: string }): Value {
    const failed = (how: string, why: string): Value =>
      new CelError(`composited variable ${goQuote(expression.name)} fails to ${how}: ${why}`)
    if ('error' in expression) return failed('compile', expression.error)
    const { value, cost } = expression.program.evaluate((name) => this.#variable(name))
    this.#variableCost += cost
    return value instanceof CelError ? failed('evaluate', value.message) : value
  }
}

/** `variables`: computes what is asked for, once. */
class Composed extends CelMap {
  readonly #expressions: ReadonlyMap<string, AdmissionExpression>
  readonly #compute: (expression: AdmissionExpression & { readonly name: string }) => Value
  readonly #values = new Map<string, Value>()

  constructor(
    expressions: ReadonlyMap<string, AdmissionExpression>,
    compute: (expression: AdmissionExpression & { readonly name: string }) => Value,
  ) {
    super()
    this.#expressions = expressions
    this.#compute = compute
  }

  get size(): number {
    return this.#expressions.size
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const expression = this.#expressions.get(key)
    if (!expression) return undefined
    const value = this.#compute({ ...expression, name: key })
    this.#values.set(key, value)
    return value
  }

  keys(): Iterable<Value> {
    return this.#expressions.keys()
  }
}
