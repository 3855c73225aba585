import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Snapshot } from '../../framework/interfaces.ts'
import type { NodeInfo } from '../../framework/node-info.ts'
import { type Outcome, unresolvable, unschedulable } from '../../framework/status.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { namespaceOf } from '../pod-index/pod-class.ts'
import type { PodIndex } from '../pod-index/pod-index.ts'
import { type Constraint, hasAllLabels, type Inclusion, includesEveryNode } from './constraints.ts'
import { MatchingPods } from './matching-pods.ts'

const mismatch = unschedulable("node(s) didn't match pod topology spread constraints")
const labelMissing = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")

/** How the matching pods of each constraint are spread; what-ifs change their own clone. */
export class SpreadState {
  readonly #pod: Pod
  readonly #constraints: readonly Constraint[]
  readonly #includes: Inclusion
  /** For each constraint, how many pods each domain holds. */
  readonly #counts: Map<string, number>[]
  /** Counts that a clone shares until one side changes them. */
  readonly #shared: boolean[]
  /** For each constraint, the fewest that a domain holds; unset until it is asked for. */
  readonly #fewest: (number | undefined)[]

  constructor(
    pod: Pod,
    constraints: readonly Constraint[],
    includes: Inclusion,
    counts: readonly Map<string, number>[],
    shared = false,
  ) {
    this.#pod = pod
    this.#constraints = constraints
    this.#includes = includes
    this.#counts = [...counts]
    this.#shared = counts.map(() => shared)
    this.#fewest = constraints.map(() => undefined)
  }

  /** Counts all running pods. */
  static of(
    pod: Pod,
    constraints: readonly Constraint[],
    includes: Inclusion,
    snapshot: Snapshot,
    index: PodIndex,
  ): SpreadState {
    const found = constraints.map(({ selector }) => new MatchingPods(index, namespaceOf(pod), selector))
    const isEverywhere = ({ topologyKey }: Constraint) => {
      let nodes = 0
      for (const count of index.domains(topologyKey).values()) nodes += count
      return nodes === index.nodeCount
    }
    if (includesEveryNode(pod, constraints) && constraints.every(isEverywhere)) {
      const counts = constraints.map(({ topologyKey }, at) => {
        const pods = found[at]?.by(topologyKey) ?? new Map<string, number>()
        for (const value of index.domains(topologyKey).keys()) if (!pods.has(value)) pods.set(value, 0)
        return pods
      })
      return new SpreadState(pod, constraints, includes, counts)
    }
    const counts = constraints.map(() => new Map<string, number>())
    for (const { name, node } of snapshot.nodes) {
      const labels = node?.metadata.labels
      if (node === undefined || !hasAllLabels(labels, constraints)) continue
      for (const [at, constraint] of constraints.entries()) {
        if (!includes(constraint, node)) continue
        const value = labelOf(labels, constraint.topologyKey) ?? ''
        const sums = counts[at]
        sums?.set(value, (sums.get(value) ?? 0) + (found[at]?.on(name) ?? 0))
      }
    }
    return new SpreadState(pod, constraints, includes, counts)
  }

  /** A pod comes to a node (1), or goes (-1). */
  change(pod: Pod, { node }: NodeInfo, by: 1 | -1): void {
    if (node === undefined || namespaceOf(pod) !== namespaceOf(this.#pod)) return
    const { labels } = node.metadata
    if (!hasAllLabels(labels, this.#constraints)) return
    for (const [at, constraint] of this.#constraints.entries()) {
      if (!constraint.selector.matches(pod.metadata.labels) || !this.#includes(constraint, node)) continue
      const value = labelOf(labels, constraint.topologyKey) ?? ''
      const counts = this.#ownCounts(at)
      counts.set(value, (counts.get(value) ?? 0) + by)
      this.#fewest[at] = undefined
    }
  }

  /** Why the pod cannot go to a node. */
  refusal({ node }: NodeInfo): Outcome {
    for (const [at, { topologyKey, selector, maxSkew, minDomains }] of this.#constraints.entries()) {
      const value = labelOf(node?.metadata.labels, topologyKey)
      if (value === undefined) return labelMissing
      const own = selector.matches(this.#pod.metadata.labels) ? 1 : 0
      const skew = (this.#counts[at]?.get(value) ?? 0) + own - this.#least(at, minDomains)
      if (skew > maxSkew) return mismatch
    }
    return undefined
  }

  clone(): SpreadState {
    this.#shared.fill(true)
    const copy = new SpreadState(this.#pod, this.#constraints, this.#includes, this.#counts, true)
    for (const [at, fewest] of this.#fewest.entries()) copy.#fewest[at] = fewest
    return copy
  }

  #ownCounts(at: number): Map<string, number> {
    const known = this.#counts[at]
    if (known !== undefined && !this.#shared[at]) return known
    const own = new Map(known)
    this.#counts[at] = own
    this.#shared[at] = false
    return own
  }

  /** With too few domains the fewest pods are none, so that new domains are waited for. */
  #least(at: number, minDomains: number): number {
    const counts = this.#counts[at]
    if (counts === undefined || counts.size < minDomains) return 0
    const known = this.#fewest[at]
    if (known !== undefined) return known
    // Upstream begins with the largest number that its counters hold.
    let least = 2 ** 31 - 1
    for (const count of counts.values()) if (count < least) least = count
    this.#fewest[at] = least
    return least
  }
}
