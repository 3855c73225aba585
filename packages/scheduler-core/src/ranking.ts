/** What decides between nodes of equal totals: one number per node, of which the highest wins; undefined leaves it to the heap, as upstream does. */
export type TieBreak = (nodes: readonly string[]) => readonly number[] | undefined

/** As upstream: the nodes' places in the heap decide. */
export const upstreamTieBreak: TieBreak = () => undefined

/** The smallest name wins. */
export const lexicalTieBreak: TieBreak = (nodes) => {
  const order = [...nodes.keys()].sort((left, right) => compare(nodes[left] ?? '', nodes[right] ?? ''))
  const keys = new Array<number>(nodes.length).fill(0)
  for (const [rank, index] of order.entries()) keys[index] = nodes.length - rank
  return keys
}

/**
 * Nodes to be taken best first: a binary heap, sifted as upstream's.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go sortedNodeScores
 */
export class NodeRanking {
  readonly #names: readonly string[]
  readonly #totals: readonly number[]
  readonly #keys: readonly number[] | undefined
  /** Indexes into the names. */
  readonly #heap: number[]

  /** `totals[i]` is that of `names[i]`. */
  constructor(names: readonly string[], totals: readonly number[], tieBreak: TieBreak) {
    this.#names = names
    this.#totals = totals
    this.#keys = tieBreak(names)
    this.#heap = [...names.keys()]
    for (let root = (names.length >> 1) - 1; root >= 0; root--) this.#down(root, names.length)
  }

  get size(): number {
    return this.#heap.length
  }

  /** Takes the best node out. */
  pop(): string | undefined {
    const heap = this.#heap
    const last = heap.length - 1
    if (last < 0) return undefined
    this.#swap(0, last)
    this.#down(0, last)
    return this.#names[heap.pop() ?? -1]
  }

  #down(start: number, end: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1
      if (left >= end) return
      const child = left + 1 < end && this.#before(left + 1, left) ? left + 1 : left
      if (!this.#before(child, index)) return
      this.#swap(index, child)
      index = child
    }
  }

  #before(left: number, right: number): boolean {
    const [one = 0, other = 0] = [this.#heap[left], this.#heap[right]]
    const difference = (this.#totals[one] ?? 0) - (this.#totals[other] ?? 0)
    if (difference !== 0) return difference > 0
    return this.#keys !== undefined && (this.#keys[one] ?? 0) > (this.#keys[other] ?? 0)
  }

  #swap(left: number, right: number): void {
    const [one, other] = [this.#heap[left], this.#heap[right]]
    if (one === undefined || other === undefined) return
    this.#heap[left] = other
    this.#heap[right] = one
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
