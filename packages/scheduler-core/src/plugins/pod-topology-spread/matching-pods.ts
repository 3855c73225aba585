import type { Selector } from '@kube-bonsai/apimachinery'
import type { PodClass } from '../pod-index/pod-class.ts'
import type { PodIndex } from '../pod-index/pod-index.ts'

/** The running pods of a namespace that a selector selects; those that are about to go do not count. */
export class MatchingPods {
  readonly #index: PodIndex
  readonly #classes: ReadonlySet<PodClass>

  /** A selector that selects everything finds nothing, as upstream has it. */
  constructor(index: PodIndex, namespace: string, selector: Selector) {
    this.#index = index
    const found = new Set<PodClass>()
    if (!selector.empty) {
      for (const podClass of index.inNamespace(namespace))
        if (!podClass.isTerminating && selector.matches(podClass.labels)) found.add(podClass)
    }
    this.#classes = found
  }

  /** How many a node holds. */
  on(node: string): number {
    let sum = 0
    for (const podClass of this.#classes) sum += podClass.nodes.get(node) ?? 0
    return sum
  }

  /** How many there are in each domain of a label that has any. */
  by(label: string): Map<string, number> {
    const sums = new Map<string, number>()
    for (const podClass of this.#classes)
      for (const [value, count] of this.#index.countsBy(podClass, label))
        sums.set(value, (sums.get(value) ?? 0) + count)
    return sums
  }
}
