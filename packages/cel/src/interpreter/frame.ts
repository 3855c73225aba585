import type { Value } from '../values/value.ts'

/** Thrown when an evaluation has cost more than it may. */
export class BudgetExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded')
  }
}

/** Thrown where upstream's interpreter breaks down; it reports that as an error of the expression. */
export class InternalFailure extends Error {
  constructor(message: string) {
    super(`internal error: ${message}`)
  }
}

/** The state of one evaluation. */
export class Frame {
  /** Local variables of comprehensions; `undefined` when not computed yet. */
  readonly slots: (Value | undefined)[] = []
  /** What the evaluation has cost so far. */
  cost = 0
  readonly #limit: number
  readonly #variable: (name: string) => Value | undefined

  constructor(variable: (name: string) => Value | undefined, limit: number) {
    this.#variable = variable
    this.#limit = limit
  }

  variable(name: string): Value | undefined {
    return this.#variable(name)
  }

  charge(cost: number): void {
    this.cost += cost
    if (this.cost > this.#limit) throw new BudgetExceeded()
  }
}

/** Computes one node. */
export type Step = (frame: Frame) => Value
