/** A typed place in the cycle state; each plugin keeps its own key. */
export interface StateKey<T> {
  readonly name: string
  /** Never set; carries the type. */
  readonly type?: T
}

/** What plugins remember from one extension point to the next, for one pod and one cycle. */
export class CycleState {
  readonly #values: Map<string, unknown>
  /** Filter plugins that said Skip in PreFilter. */
  skipFilter: ReadonlySet<string> = new Set()
  /** Score plugins that said Skip in PreScore. */
  skipScore: ReadonlySet<string> = new Set()

  constructor(values: Iterable<readonly [string, unknown]> = []) {
    this.#values = new Map(values)
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key.name, value)
  }

  /** What was written under the key, or undefined. Only the key's owner writes, so the type is the owner's. */
  read<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key.name) as T | undefined
  }

  /** A state of its own that starts with the same values; for trying out what preemption would do. */
  clone(): CycleState {
    const copy = new CycleState(this.#values)
    copy.skipFilter = this.skipFilter
    copy.skipScore = this.skipScore
    return copy
  }
}
