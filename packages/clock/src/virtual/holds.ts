/** Counts work that no timer shows. */
export class Holds {
  #size = 0
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#size
  }

  take(): () => void {
    this.#size++
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#size--
      if (this.#size > 0) return
      const waiting = this.#waiting
      this.#waiting = []
      for (const resolve of waiting) resolve()
    }
  }

  /** Resolves when the last hold is given back. */
  released(): Promise<void> {
    if (this.#size === 0) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }
}
