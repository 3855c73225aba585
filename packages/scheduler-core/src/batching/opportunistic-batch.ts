import type { CycleState } from '../framework/cycle-state.ts'
import type { Framework } from '../framework/framework.ts'
import type { Snapshot } from '../framework/interfaces.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { isRejected } from '../framework/status.ts'
import type { SchedulerMetrics } from '../metrics.ts'
import type { NodeRanking } from '../ranking.ts'
import { newSigner, type Signer } from './sign-pod.ts'

/** How long a ranking may be used, in milliseconds. */
const maxAge = 500

/** What a cycle is told, and what it must hand back when it has found a node. */
export interface BatchHint {
  readonly node: string | undefined
  readonly signature: string | undefined
}

/**
 * Remembers how the nodes ranked for one pod, for the next one of the same signature: if the chosen node is full now, the next best is tried
 * first. One per profile.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/runtime/batch.go
 */
export class OpportunisticBatch {
  readonly #framework: Framework
  readonly #signer: Signer | undefined
  readonly #metrics: SchedulerMetrics
  readonly #now: () => number
  #ranking: { readonly signature: string; readonly nodes: NodeRanking; readonly created: number } | undefined
  #last: { readonly cycle: number; readonly node: string } | undefined

  constructor(framework: Framework, metrics: SchedulerMetrics, now: () => number) {
    this.#framework = framework
    this.#signer = newSigner(framework.plugins)
    this.#metrics = metrics
    this.#now = now
  }

  /** The pod's signature, undefined when it has none. */
  sign(pod: PodInfo): string | undefined {
    return this.#signer?.(pod)
  }

  /** The node to try first, if any; it is taken out of the ranking. Ask once in each cycle, after the PreFilters. */
  hint(pod: PodInfo, state: CycleState, snapshot: Snapshot, cycle: number): BatchHint {
    const signature = this.sign(pod)
    const node = this.#fits(pod, state, snapshot, cycle, signature) ? this.#ranking?.nodes.pop() : undefined
    if (node === undefined) this.#metrics.count('batch_attempts_total', this.#labels('result', 'no_hint'))
    return { node, signature }
  }

  /** The cycle found a node; `others` are the nodes that it would have liked less. */
  store(hint: BatchHint, chosen: string, others: NodeRanking | undefined, cycle: number): void {
    this.#last = { cycle, node: chosen }
    if (hint.node === chosen) {
      this.#metrics.count('batch_attempts_total', this.#labels('result', 'hint_used'))
      return
    }
    if (hint.node !== undefined) this.#metrics.count('batch_attempts_total', this.#labels('result', 'hint_not_used'))
    if (hint.signature !== undefined && others !== undefined && others.size > 0) {
      this.#ranking = { signature: hint.signature, nodes: others, created: this.#now() }
      return
    }
    this.#flushed(others === undefined || others.size === 0 ? 'empty_list' : 'pod_not_batchable')
    this.#ranking = undefined
  }

  /** Whether the ranking says something about this pod. */
  #fits(pod: PodInfo, state: CycleState, snapshot: Snapshot, cycle: number, signature: string | undefined): boolean {
    const [ranking, last] = [this.#ranking, this.#last]
    if (ranking === undefined || ranking.nodes.size === 0 || last === undefined) return false
    if (cycle !== last.cycle + 1) return this.#flushed('pod_skipped')
    if (signature !== ranking.signature) return this.#flushed('pod_incompatible')
    if (this.#now() > ranking.created + maxAge) return this.#flushed('expired')
    const node = snapshot.get(last.node)
    if (node === undefined) return this.#flushed('node_missing')
    // If the pod still fits there, nobody knows where that node would rank now.
    return isRejected(this.#framework.filter(state, pod, node)) || this.#flushed('node_not_full')
  }

  #flushed(reason: string): false {
    this.#metrics.count('batch_cache_flushed_total', this.#labels('reason', reason))
    return false
  }

  #labels(name: string, value: string): Readonly<Record<string, string>> {
    return { profile: this.#framework.profileName, [name]: value }
  }
}
