/** What the heap needs of an entry; `index` belongs to the heap, -1 when the entry is not in it. */
export interface HeapEntry {
  readonly at: number
  readonly sequence: number
  index: number
}

const before = (a: HeapEntry, b: HeapEntry): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence)

/** A binary heap in (time, sequence) order. Entries know their place, so that cancelling costs O(log n) as well. */
export class TimerHeap<E extends HeapEntry> {
  readonly #entries: E[] = []

  get size(): number {
    return this.#entries.length
  }

  peek(): E | undefined {
    return this.#entries[0]
  }

  push(entry: E): void {
    this.#entries.push(entry)
    this.#up(entry, this.#entries.length - 1)
  }

  pop(): E | undefined {
    const first = this.#entries[0]
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Takes the entry out; false when it was not in. */
  remove(entry: E): boolean {
    const { index } = entry
    if (index < 0) return false
    entry.index = -1
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return true
    // The last entry fills the hole and goes to whichever side it belongs.
    this.#down(last, index)
    if (last.index === index) this.#up(last, index)
    return true
  }

  #up(entry: E, from: number): void {
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#entries[parentIndex]
      if (parent === undefined || !before(entry, parent)) break
      this.#place(parent, index)
      index = parentIndex
    }
    this.#place(entry, index)
  }

  #down(entry: E, from: number): void {
    let index = from
    for (;;) {
      const left = 2 * index + 1
      let child = this.#entries[left]
      if (child === undefined) break
      const right = this.#entries[left + 1]
      if (right !== undefined && before(right, child)) child = right
      if (!before(child, entry)) break
      const childIndex = child.index
      this.#place(child, index)
      index = childIndex
    }
    this.#place(entry, index)
  }

  #place(entry: E, index: number): void {
    this.#entries[index] = entry
    entry.index = index
  }
}
