import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import type { Metrics } from '../metrics/metrics.ts'
import { type Admission, type AdmitHandler, type AdmittedPod, admitAll } from '../node/admission.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import { takenBy } from '../node/node-amounts.ts'
import { misfitText, shortages } from '../node/predicates.ts'
import { readAllocations, writeAllocations } from './allocation-state.ts'
import {
  type Amounts,
  amountsOf,
  type ContainerResources,
  resizableResources,
  sameResources,
  withResources,
} from './pod-amounts.ts'
import { compareUrgency, type Refusal, resizeRefusal, urgencyOf } from './resize-order.ts'

/** Why a resize is not allocated. `at` is when that began, in milliseconds. */
export interface PendingResize {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
  readonly generation: number
  readonly at: number
}

/** What came of trying the resizes that wait: one entry for each pod that was tried. */
export interface ResizeOutcome {
  readonly pod: Pod
  /** The resize was allocated and is to be applied. */
  readonly allocated: boolean
  /** Set when it waits. */
  readonly pending?: PendingResize
  /** Pods that must end before it can be had. */
  readonly preempt?: readonly Pod[]
}

/** Why resizes are tried again; the label of `pod_deferred_accepted_resizes_total`. */
export type RetryTrigger = 'pod_updated' | 'pods_removed' | 'pod_resized' | 'pods_added' | 'periodic_retry'

/** What a node has to give, and how it gives it. */
export interface AllocationOptions extends Amounts {
  readonly cpuManagerPolicy?: string
  readonly memoryManagerPolicy?: string
  readonly now: () => number
  /** Who has a say about new pods and about what a resize asks for; cpu and memory decide by default. */
  readonly handlers?: readonly AdmitHandler[]
  /** Where promises are kept; nowhere by default. */
  readonly checkpoints?: CheckpointStore
  readonly metrics?: Metrics
  readonly gates?: FeatureGates
  /** True for a container that may swap: its memory cannot be resized in place. */
  readonly swaps?: (pod: Pod, container: Container) => boolean
}

interface Entry {
  pod: Pod
  allocated: ContainerResources
  pending: PendingResize | undefined
  /** As other pods see it; made when it is asked for. */
  view: AdmittedPod | undefined
}

/**
 * Keeps what was promised to each pod of a node, so that the promises never exceed the node, and decides which resizes can
 * be had. The constructor throws a KubeletStartError for a checkpoint that cannot be trusted.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/1287-in-place-update-pod-resources
 */
export class AllocationManager {
  readonly #options: AllocationOptions
  readonly #gates: FeatureGates
  readonly #handlers: readonly AdmitHandler[]
  readonly #entries: Map<string, Entry> = new Map()
  /** What an earlier kubelet has promised to pods that have not been heard of yet. */
  readonly #restored: Map<string, ContainerResources>

  constructor(options: AllocationOptions) {
    this.#options = options
    this.#gates = options.gates ?? createFeatureGates()
    this.#handlers = options.handlers ?? [amountsHandler(options)]
    this.#restored = new Map(options.checkpoints && readAllocations(options.checkpoints))
  }

  /** What all pods were promised together. */
  get used(): Amounts {
    let [cpu, memory] = [0n, 0n]
    for (const { pod, allocated } of this.#entries.values()) {
      const amounts = amountsOf(withResources(pod, allocated))
      cpu += amounts.cpu
      memory += amounts.memory
    }
    return { cpu, memory }
  }

  /** True while an earlier kubelet has promised something to pods that have not come back. */
  get expectsMore(): boolean {
    return this.#restored.size > 0
  }

  /** Every pod with what it was promised. */
  get admitted(): readonly AdmittedPod[] {
    return [...this.#entries.values()].map(viewOf)
  }

  /**
   * A new pod: takes what it asks for, unless that does not fit. What an earlier kubelet gave it counts in place of its
   * spec, and so does `known`, which nobody checks.
   */
  admit(pod: Pod, known?: ContainerResources): Admission {
    const uid = uidOf(pod)
    const before = known ?? this.#restored.get(uid) ?? this.#entries.get(uid)?.allocated
    const wanted = before === undefined ? pod : withResources(pod, before)
    if (known === undefined) {
      const answer = admitAll(this.#handlers, wanted, this.#others(uid))
      if (!answer.admit) {
        if (answer.preempt === undefined) this.#restored.delete(uid)
        return answer
      }
    }
    this.#restored.delete(uid)
    this.#entries.set(uid, { pod, allocated: resizableResources(wanted), pending: undefined, view: undefined })
    this.#save()
    return { admit: true }
  }

  /** Notes the newest state of a pod that is here. */
  update(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod))
    if (entry === undefined) return
    entry.pod = pod
    entry.view = undefined
  }

  /** Takes over from an earlier kubelet why a pod's resize waits. */
  backfill(uid: string, pending: PendingResize): void {
    const entry = this.#entries.get(uid)
    if (entry === undefined || !this.#wants(entry)) return
    entry.pending = pending
    this.#measure()
  }

  /** A pod has ended: what it had is free. */
  remove(uid: string): void {
    const known = this.#entries.get(uid)
    this.#entries.delete(uid)
    const restored = this.#restored.delete(uid)
    if (known || restored) this.#save()
    if (known?.pending) this.#measure()
  }

  /** All pods that were there before have come back: what was promised to others is free. */
  forgetOthers(): void {
    if (this.#restored.size === 0) return
    this.#restored.clear()
    this.#save()
  }

  /** The pod as it was promised to run. */
  allocatedPod(pod: Pod): Pod {
    const entry = this.#entries.get(uidOf(pod))
    return entry === undefined ? pod : withResources(pod, entry.allocated)
  }

  /** Why a pod's resize waits; undefined when none does. */
  pending(uid: string): PendingResize | undefined {
    return this.#entries.get(uid)?.pending
  }

  /** True while a resize waits for room. */
  get defers(): boolean {
    for (const { pending } of this.#entries.values()) if (pending?.reason === 'Deferred') return true
    return false
  }

  /** Tries every resize that waits, the most urgent first; one that cannot be had does not hold up the others. */
  retry(trigger: RetryTrigger = 'pod_updated'): readonly ResizeOutcome[] {
    const waiting: { readonly entry: Entry; readonly urgency: readonly number[] }[] = []
    for (const entry of this.#entries.values()) {
      if (entry.pending === undefined && !this.#wants(entry)) continue
      const { pod, allocated, pending } = entry
      waiting.push({ entry, urgency: urgencyOf(pod, withResources(pod, allocated), pending?.at) })
    }
    if (waiting.length === 0) return []
    waiting.sort((left, right) => compareUrgency(left.urgency, right.urgency))
    const outcomes = waiting.flatMap(({ entry }) => this.#try(entry, trigger) ?? [])
    this.#measure()
    return outcomes
  }

  #wants({ pod, allocated }: Entry): boolean {
    return !sameResources(resizableResources(pod), allocated)
  }

  #try(entry: Entry, trigger: RetryTrigger): ResizeOutcome | undefined {
    const { pod, pending } = entry
    const generation = pod.metadata.generation ?? 0
    if (!this.#wants(entry)) {
      entry.pending = undefined
      return pending && { pod, allocated: false }
    }
    // What is infeasible is not looked at again until it is asked for anew.
    if (pending?.reason === 'Infeasible' && pending.generation === generation && trigger !== 'pods_added') {
      return undefined
    }
    const refusal = this.#refusal(entry)
    if (refusal === undefined) {
      entry.allocated = resizableResources(pod)
      entry.pending = undefined
      entry.view = undefined
      this.#save()
      if (pending?.reason === 'Deferred') this.#count('pod_deferred_accepted_resizes_total', { retry_trigger: trigger })
      return { pod, allocated: true }
    }
    if ('preempt' in refusal) return { pod, allocated: false, ...(pending && { pending }), preempt: refusal.preempt }
    const { detail, ...why } = refusal
    if (detail !== undefined) this.#count('pod_infeasible_resizes_total', { reason_detail: detail })
    const at = pending?.reason === why.reason ? pending.at : this.#options.now()
    entry.pending = { ...why, generation, at }
    return { pod, allocated: false, pending: entry.pending }
  }

  #refusal(entry: Entry): Refusal | { readonly preempt: readonly Pod[] } | undefined {
    const { pod } = entry
    const allocated = withResources(pod, entry.allocated)
    const never = resizeRefusal(pod, allocated, this.#options, this.#gates)
    if (never !== undefined) return never
    const answer = admitAll(this.#handlers, pod, this.#others(uidOf(pod)))
    if (answer.admit) return undefined
    if (answer.preempt !== undefined) return { preempt: answer.preempt }
    return { reason: 'Deferred', message: answer.message }
  }

  #others(uid: string): readonly AdmittedPod[] {
    const others: AdmittedPod[] = []
    for (const [other, entry] of this.#entries) if (other !== uid) others.push(viewOf(entry))
    return others
  }

  #count(name: string, labels: Readonly<Record<string, string>>): void {
    this.#options.metrics?.counter(name).add(1, labels)
  }

  #measure(): void {
    const { metrics } = this.#options
    if (metrics === undefined) return
    const counts = { deferred: 0, infeasible: 0 }
    for (const { pending } of this.#entries.values()) {
      if (pending?.reason === 'Deferred') counts.deferred++
      else if (pending?.reason === 'Infeasible') counts.infeasible++
    }
    for (const reason of ['deferred', 'infeasible'] as const) {
      const gauge = metrics.gauge('pod_pending_resizes')
      if (counts[reason] === 0) gauge.remove({ reason })
      else gauge.set(counts[reason], { reason })
    }
  }

  #save(): void {
    const { checkpoints } = this.#options
    if (checkpoints === undefined) return
    const live = [...this.#entries].map(([uid, { allocated }]) => [uid, allocated] as const)
    writeAllocations(checkpoints, new Map([...this.#restored, ...live]))
  }
}

function viewOf(entry: Entry): AdmittedPod {
  if (entry.view === undefined) {
    const pod = withResources(entry.pod, entry.allocated)
    entry.view = { pod, requests: takenBy(pod) }
  }
  return entry.view
}

/** Where nothing else is known of a node, cpu and memory decide. */
function amountsHandler({ cpu, memory }: Amounts): AdmitHandler {
  const allocatable = new Map([
    ['cpu', cpu],
    ['memory', memory],
  ])
  return {
    admit(pod, others) {
      const [short] = shortages(pod, others, allocatable)
      return short === undefined ? { admit: true } : { admit: false, ...misfitText(short) }
    },
  }
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''
