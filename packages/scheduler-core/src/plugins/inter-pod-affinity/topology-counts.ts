import type { LabelSet } from '@kube-bonsai/apimachinery'
import { labelOf } from '../pod-index/label-of.ts'
import { add } from '../pod-index/pod-index.ts'

/** How often something was found in each domain: by node label, then by its value. */
export class TopologyCounts {
  readonly #counts: Map<string, Map<string, number>>
  /** Labels whose counts no clone shares. */
  readonly #own: Set<string> = new Set()

  constructor(counts: Map<string, Map<string, number>> = new Map()) {
    this.#counts = counts
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  get(label: string, value: string): number {
    return this.#counts.get(label)?.get(value) ?? 0
  }

  /** The labels by which something was found. */
  get labels(): Iterable<string> {
    return this.#counts.keys()
  }

  /** Adds what is found at one node. */
  addAt(labels: LabelSet, label: string, by: number): void {
    const value = labelOf(labels, label)
    if (value !== undefined) this.#change(label, (counts) => add(counts, value, by))
  }

  /** Adds what is found in many domains of a label. */
  addAll(label: string, found: ReadonlyMap<string, number>, weight: number): void {
    if (found.size === 0) return
    this.#change(label, (counts) => {
      for (const [value, count] of found) add(counts, value, count * weight)
    })
  }

  /** Counts are shared until one side changes them. */
  clone(): TopologyCounts {
    this.#own.clear()
    return new TopologyCounts(new Map(this.#counts))
  }

  #change(label: string, change: (counts: Map<string, number>) => void): void {
    const known = this.#counts.get(label)
    const counts = known !== undefined && this.#own.has(label) ? known : new Map(known)
    this.#own.add(label)
    change(counts)
    if (counts.size === 0) this.#counts.delete(label)
    else this.#counts.set(label, counts)
  }
}
