import type { Store } from '../informer-types.ts'

type IndexFunction<T> = (object: T) => readonly string[]

interface Index<T> {
  readonly keys: IndexFunction<T>
  /** What the function gave for each object, so that it need not be asked about old objects. */
  readonly values: Map<string, readonly string[]>
  readonly buckets: Map<string, Map<string, T>>
}

const none: readonly never[] = Object.freeze([])

/** Objects by key, with indexes that are kept up to date with each change. Holds the references it is given. */
export class IndexedStore<T> implements Store<T> {
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #onIndexError: (error: unknown) => void
  #list: readonly T[] | undefined = none

  constructor(onIndexError: (error: unknown) => void) {
    this.#onIndexError = onIndexError
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  list(): readonly T[] {
    this.#list ??= Object.freeze([...this.#objects.values()])
    return this.#list
  }

  byIndex(index: string, value: string): readonly T[] {
    const found = this.#indexes.get(index)
    if (found === undefined) {
      const names = [...this.#indexes.keys()].join(', ')
      throw new TypeError(`there is no index ${JSON.stringify(index)}; those that were added: ${names || 'none'}`)
    }
    const bucket = found.buckets.get(value)
    return bucket === undefined ? none : [...bucket.values()]
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys()
  }

  set(key: string, object: T): void {
    this.#objects.set(key, object)
    this.#list = undefined
    for (const index of this.#indexes.values()) this.#put(index, key, object)
  }

  delete(key: string): void {
    if (!this.#objects.delete(key)) return
    this.#list = undefined
    for (const index of this.#indexes.values()) {
      for (const value of index.values.get(key) ?? none) this.#take(index, value, key)
      index.values.delete(key)
    }
  }

  addIndex(name: string, keys: IndexFunction<T>): void {
    const present = this.#indexes.get(name)
    if (present?.keys === keys) return
    if (present !== undefined) throw new TypeError(`index ${JSON.stringify(name)} exists with another function`)
    const index: Index<T> = { keys, values: new Map(), buckets: new Map() }
    this.#indexes.set(name, index)
    for (const [key, object] of this.#objects) this.#put(index, key, object)
  }

  #put(index: Index<T>, key: string, object: T): void {
    const values = this.#valuesOf(index, object)
    for (const old of index.values.get(key) ?? none) if (!values.includes(old)) this.#take(index, old, key)
    if (values.length === 0) index.values.delete(key)
    else index.values.set(key, values)
    for (const value of values) {
      const bucket = index.buckets.get(value)
      if (bucket === undefined) index.buckets.set(value, new Map([[key, object]]))
      else bucket.set(key, object)
    }
  }

  #take(index: Index<T>, value: string, key: string): void {
    const bucket = index.buckets.get(value)
    bucket?.delete(key)
    if (bucket?.size === 0) index.buckets.delete(value)
  }

  #valuesOf(index: Index<T>, object: T): readonly string[] {
    try {
      return index.keys(object)
    } catch (error) {
      this.#onIndexError(error)
      return none
    }
  }
}
