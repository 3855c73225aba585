import type { Expr } from './ast/expr.ts'
import { check } from './checker/checker.ts'
import type { CelEnvironment } from './checker/environment.ts'
import { validateLiterals } from './checker/validators.ts'
import { estimateCost } from './estimate/estimate.ts'
import type { SizeEstimator } from './estimate/node.ts'
import type { Range } from './estimate/range.ts'
import { BudgetExceeded, Frame, InternalFailure, type Step } from './interpreter/frame.ts'
import { type Construct, Planner } from './interpreter/planner.ts'
import { parse } from './parser/parser.ts'
import { type CelType, dynType } from './types/cel-type.ts'
import { CelError, type Value } from './values/value.ts'

/** A variable is computed when an expression reads it; undefined is an error of the expression. */
export type Variables = (name: string) => Value | undefined

/** What an evaluation came to. */
export interface Evaluation {
  /** The value; a `CelError` when the expression failed. */
  readonly value: Value
  /** What it cost, in the units of Kubernetes' limits. */
  readonly cost: number
}

/** The most that one evaluation may cost, unless its caller says less. @see apiserver/pkg/apis/cel/config.go */
export const perCallLimit = 1_000_000

/** A program, ready to run any number of times. */
export class Program {
  readonly #run: Step

  constructor(run: Step) {
    this.#run = run
  }

  /**
   * Evaluates. Never throws for what an expression does: its failure is a `CelError`, exceeding the budget too.
   *
   * @param limit the most that it may cost, {@link perCallLimit} by default
   */
  evaluate(variables: Variables, limit: number = perCallLimit): Evaluation {
    const frame = new Frame(variables, limit)
    try {
      const value = this.#run(frame)
      return { value, cost: frame.cost }
    } catch (error) {
      if (error instanceof BudgetExceeded || error instanceof InternalFailure)
        return { value: new CelError(error.message), cost: frame.cost }
      if (error instanceof RangeError) return { value: new CelError('expression nested too deeply'), cost: frame.cost }
      throw error
    }
  }
}

/** A checked expression. */
export class CheckedExpression {
  /** What it evaluates to. */
  readonly type: CelType
  readonly expression: string
  readonly #expr: Expr
  readonly #environment: CelEnvironment

  constructor(expression: string, expr: Expr, environment: CelEnvironment) {
    this.expression = expression
    this.type = expr.type ?? dynType
    this.#expr = expr
    this.#environment = environment
  }

  /** The least and the most that it may cost; unsigned 64-bit, where the maximum means no limit. */
  estimate(sizes?: SizeEstimator): Range {
    return estimateCost(this.#expr, sizes)
  }

  /** @throws PlanError when a constant of it cannot be converted */
  program(construct: Construct = noObjects): Program {
    return new Program(new Planner(this.#environment.functions, construct).plan(this.#expr))
  }

  /** Whether it reads this variable. */
  uses(variable: string): boolean {
    return mentions(this.#expr, variable)
  }
}

const noObjects: Construct = (name) => new CelError(`unknown type: ${name}`)

/** What compiling came to: an expression, or upstream's text of what is wrong. */
export type Compiled = { readonly checked: CheckedExpression } | { readonly issues: string }

/** Parses and checks an expression. Bad input is an answer, never an exception. */
export function compile(expression: string, environment: CelEnvironment): Compiled {
  const parsed = parse(expression, environment.macros)
  if ('issues' in parsed) return parsed
  const { expr, source } = parsed
  const issues = check(expr, environment)
  if (issues.length > 0) return { issues: source.print(issues) }
  const invalid = validateLiterals(expr)
  if (invalid.length > 0) return { issues: source.print(invalid) }
  return { checked: new CheckedExpression(expression, expr, environment) }
}

function mentions(expr: Expr, variable: string): boolean {
  const inside = (other: Expr): boolean => mentions(other, variable)
  switch (expr.kind) {
    case 'literal':
      return false
    case 'ident':
      return expr.name === variable
    case 'select':
      return expr.variable === variable || inside(expr.operand)
    case 'call':
      return (expr.target !== undefined && inside(expr.target)) || expr.args.some(inside)
    case 'list':
      return expr.elements.some(inside)
    case 'map':
      return expr.entries.some((entry) => inside(entry.key) || inside(entry.value))
    case 'struct':
      return expr.fields.some((field) => inside(field.value))
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result].some(inside)
  }
}
