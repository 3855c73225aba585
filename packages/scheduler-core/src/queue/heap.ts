/** A binary heap whose items can be found, changed and removed by key. `less` is negative when the left item goes first. */
export class KeyedHeap<T> {
  readonly #items: T[] = []
  readonly #position: Map<string, number> = new Map()
  readonly #key: (item: T) => string
  readonly #less: (left: T, right: T) => number

  constructor(key: (item: T) => string, less: (left: T, right: T) => number) {
    this.#key = key
    this.#less = less
  }

  get size(): number {
    return this.#items.length
  }

  has(key: string): boolean {
    return this.#position.has(key)
  }

  get(key: string): T | undefined {
    return this.#items[this.#position.get(key) ?? -1]
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  values(): readonly T[] {
    return this.#items
  }

  /** Adds an item, or replaces the one with its key. */
  put(item: T): void {
    const known = this.#position.get(this.#key(item))
    const index = known ?? this.#items.length
    this.#place(item, index)
    this.#down(this.#up(index))
  }

  pop(): T | undefined {
    const first = this.#items[0]
    if (first !== undefined) this.delete(this.#key(first))
    return first
  }

  delete(key: string): T | undefined {
    const index = this.#position.get(key)
    if (index === undefined) return undefined
    const gone = this.#items[index]
    this.#position.delete(key)
    const last = this.#items.pop()
    if (last !== undefined && index < this.#items.length) {
      this.#place(last, index)
      this.#down(this.#up(index))
    }
    return gone
  }

  #place(item: T, index: number): void {
    this.#items[index] = item
    this.#position.set(this.#key(item), index)
  }

  #up(start: number): number {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfBefore(index, parent)) break
      index = parent
    }
    return index
  }

  #down(start: number): void {
    let index = start
    for (;;) {
      const left = 2 * index + 1
      if (left >= this.#items.length) return
      const right = left + 1
      const child = right < this.#items.length && this.#before(right, left) ? right : left
      if (!this.#swapIfBefore(child, index)) return
      index = child
    }
  }

  #before(left: number, right: number): boolean {
    const [one, other] = [this.#items[left], this.#items[right]]
    return one !== undefined && other !== undefined && this.#less(one, other) < 0
  }

  #swapIfBefore(left: number, right: number): boolean {
    if (!this.#before(left, right)) return false
    const [one, other] = [this.#items[left], this.#items[right]]
    if (one === undefined || other === undefined) return false
    this.#place(one, right)
    this.#place(other, left)
    return true
  }
}
