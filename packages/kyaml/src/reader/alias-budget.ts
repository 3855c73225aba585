const low = 400_000
const high = 4_000_000

// The share of work that may come from aliases: 99 % for small documents, falling to 10 % for large ones.
function allowedShare(steps: number): number {
  if (steps <= low) return 0.99
  if (steps >= high) return 0.1
  return 0.99 - (0.89 * (steps - low)) / (high - low)
}

/** Counts decoded nodes, and stops documents that grow by aliases alone ("billion laughs"). */
export class AliasBudget {
  #steps = 0
  #aliased = 0
  aliasDepth = 0

  /** Counts one node; false when the document has used up what aliases may cost. */
  step(): boolean {
    this.#steps++
    if (this.aliasDepth > 0) this.#aliased++
    return !(this.#aliased > 100 && this.#steps > 1000 && this.#aliased / this.#steps > allowedShare(this.#steps))
  }
}
