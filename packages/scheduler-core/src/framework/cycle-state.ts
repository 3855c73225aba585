/** A typed place in the cycle state; each plugin keeps its own key. */
export interface StateKey<T> {
  readonly name: string
  /** Never set; carries the type. */
  readonly type?: T
}

/** A value that what-ifs change in place: each what-if gets a clone. Other values are shared and must not change. */
export interface Cloneable {
  clone(): unknown
}

/** What plugins remember from one extension point to the next, for one pod and one cycle. */
export class CycleState {
  readonly #values: Map<string, unknown>
  /** Filter plugins that said Skip in PreFilter. */
  skipFilter: ReadonlySet<string> = new Set()
  /** Score plugins that said Skip in PreScore. */
  skipScore: ReadonlySet<string> = new Set()
  /** PreBind plugins that said Skip in PreBindPreFlight. */
  skipPreBind: ReadonlySet<string> = new Set()

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

  /** A state of its own that starts with the same values, or with what their `clone` gives; for trying out what-ifs. */
  clone(): CycleState {
    const copy = new CycleState()
    for (const [name, value] of this.#values) copy.#values.set(name, isCloneable(value) ? value.clone() : value)
    copy.skipFilter = this.skipFilter
    copy.skipScore = this.skipScore
    copy.skipPreBind = this.skipPreBind
    return copy
  }
}

function isCloneable(value: unknown): value is Cloneable {
  return typeof value === 'object' && value !== null && 'clone' in value && typeof value.clone === 'function'
}
