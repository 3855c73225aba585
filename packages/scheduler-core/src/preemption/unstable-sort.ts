/** Up to this many items are sorted by insertion, which keeps equal ones in order. */
const short = 12
/** From here on the pivot is a median of medians, and items are moved in ranges that look sorted. */
const long = 50
/** How many out-of-order pairs a range that looks sorted may have. */
const mostRepairs = 5

/**
 * Sorts with the pattern-defeating quicksort of Go's standard library: where equal items end up is part of what upstream decides, and
 * preemption evicts by it. `less` may contradict itself.
 * @see https://pkg.go.dev/sort#Slice
 */
export function unstableSort<T>(items: readonly T[], less: (left: T, right: T) => boolean): readonly T[] {
  const sorter = new Sorter([...items], less)
  sorter.sort(0, items.length, bitLength(items.length))
  return sorter.items
}

class Sorter<T> {
  readonly items: T[]
  readonly #less: (left: T, right: T) => boolean

  constructor(items: T[], less: (left: T, right: T) => boolean) {
    this.items = items
    this.#less = less
  }

  /** Sorts from `start` up to but not including `end`; after `patience` bad pivots a heap takes over. */
  sort(start: number, end: number, patience: number): void {
    let [from, to, left] = [start, end, patience]
    let [balanced, partitioned] = [true, true]
    for (;;) {
      const length = to - from
      if (length <= short) {
        this.#insert(from, to)
        return
      }
      if (left === 0) {
        this.#heapSort(from, to)
        return
      }
      if (!balanced) {
        this.#scatter(from, to)
        left--
      }
      let { pivot, order } = this.#choosePivot(from, to)
      if (order === 'falling') {
        this.#reverse(from, to)
        pivot = to - 1 - (pivot - from)
        order = 'rising'
      }
      if (balanced && partitioned && order === 'rising' && this.#repair(from, to)) return
      if (from > 0 && !this.#before(from - 1, pivot)) {
        from = this.#partitionEqual(from, to, pivot)
        continue
      }
      const { middle, already } = this.#partition(from, to, pivot)
      partitioned = already
      const [lower, upper] = [middle - from, to - middle]
      balanced = Math.min(lower, upper) >= Math.trunc(length / 8)
      if (lower < upper) {
        this.sort(from, middle, left)
        from = middle + 1
      } else {
        this.sort(middle + 1, to, left)
        to = middle
      }
    }
  }

  #before(left: number, right: number): boolean {
    return this.#less(this.items[left] as T, this.items[right] as T)
  }

  #swap(left: number, right: number): void {
    const held = this.items[left] as T
    this.items[left] = this.items[right] as T
    this.items[right] = held
  }

  #insert(from: number, to: number): void {
    for (let index = from + 1; index < to; index++) this.#sinkLeft(index, from)
  }

  /** Moves an item left until the one before it is not greater. */
  #sinkLeft(index: number, first: number): void {
    for (let at = index; at > first && this.#before(at, at - 1); at--) this.#swap(at, at - 1)
  }

  #heapSort(from: number, to: number): void {
    const size = to - from
    for (let root = Math.trunc((size - 1) / 2); root >= 0; root--) this.#siftDown(root, size, from)
    for (let last = size - 1; last >= 0; last--) {
      this.#swap(from, from + last)
      this.#siftDown(0, last, from)
    }
  }

  #siftDown(start: number, size: number, offset: number): void {
    for (let root = start; ; ) {
      let child = 2 * root + 1
      if (child >= size) return
      if (child + 1 < size && this.#before(offset + child, offset + child + 1)) child++
      if (!this.#before(offset + root, offset + child)) return
      this.#swap(offset + root, offset + child)
      root = child
    }
  }

  /** Everything below the pivot goes left of it. */
  #partition(from: number, to: number, pivot: number): { readonly middle: number; readonly already: boolean } {
    this.#swap(from, pivot)
    let [low, high] = [from + 1, to - 1]
    for (let swaps = 0; ; swaps++) {
      while (low <= high && this.#before(low, from)) low++
      while (low <= high && !this.#before(high, from)) high--
      if (low > high) {
        this.#swap(high, from)
        return { middle: high, already: swaps === 0 }
      }
      this.#swap(low, high)
      low++
      high--
    }
  }

  /** What equals the pivot goes left; nothing is below it. Returns where the rest begins. */
  #partitionEqual(from: number, to: number, pivot: number): number {
    this.#swap(from, pivot)
    let [low, high] = [from + 1, to - 1]
    for (;;) {
      while (low <= high && !this.#before(from, low)) low++
      while (low <= high && this.#before(from, high)) high--
      if (low > high) return low
      this.#swap(low, high)
      low++
      high--
    }
  }

  /** Mends a few pairs of a range that looks sorted. True when it is sorted now. */
  #repair(from: number, to: number): boolean {
    let index = from + 1
    for (let repairs = 0; repairs < mostRepairs; repairs++) {
      while (index < to && !this.#before(index, index - 1)) index++
      if (index === to) return true
      if (to - from < long) return false
      this.#swap(index, index - 1)
      if (index - from >= 2) this.#sinkLeft(index - 1, 0)
      if (to - index >= 2) {
        for (let at = index + 1; at < to && this.#before(at, at - 1); at++) this.#swap(at, at - 1)
      }
    }
    return false
  }

  /** Moves three items from the middle to places that depend on the length alone, to break patterns. */
  #scatter(from: number, to: number): void {
    const length = to - from
    if (length < 8) return
    const modulus = 2n ** BigInt(bitLength(length))
    const middle = from + Math.trunc(length / 4) * 2
    let random = BigInt(length)
    for (let index = middle - 1; index <= middle + 1; index++) {
      random = shuffled(random)
      const other = Number(random % modulus)
      this.#swap(index, from + (other >= length ? other - length : other))
    }
  }

  #choosePivot(from: number, to: number): { pivot: number; order: 'rising' | 'falling' | 'unknown' } {
    const length = to - from
    const quarter = Math.trunc(length / 4)
    let swaps = 0
    const ordered = (left: number, right: number): readonly [number, number] => {
      if (!this.#before(right, left)) return [left, right]
      swaps++
      return [right, left]
    }
    const median = (one: number, two: number, three: number): number => {
      const [low, middle] = ordered(one, two)
      const [second] = ordered(middle, three)
      return ordered(low, second)[1]
    }
    const around = (at: number): number => (length >= long ? median(at - 1, at, at + 1) : at)
    let pivot = from + quarter * 2
    if (length >= 8) {
      const [one, two, three] = [around(from + quarter), around(pivot), around(from + quarter * 3)]
      pivot = median(one, two, three)
    }
    return { pivot, order: swaps === 0 ? 'rising' : swaps === 12 ? 'falling' : 'unknown' }
  }

  #reverse(from: number, to: number): void {
    for (let [low, high] = [from, to - 1]; low < high; low++, high--) this.#swap(low, high)
  }
}

/** How many bits a number takes. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value)
}

/** The next number of a xorshift generator of 64 bits. */
function shuffled(seed: bigint): bigint {
  const mask = 2n ** 64n - 1n
  let value = seed
  value ^= (value << 13n) & mask
  value ^= value >> 7n
  value ^= (value << 17n) & mask
  return value
}
