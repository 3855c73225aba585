import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { qosClass } from '@kube-bonsai/component-helpers'
import { isMirrorPod, isStaticPod } from '../status/pod-kind.ts'
import {
  type Amounts,
  amountsOf,
  type ContainerResources,
  resourcesOf,
  sameResources,
  withResources,
} from './pod-amounts.ts'

/** Why a resize is not allocated. `at` is when that began, in milliseconds. */
export interface PendingResize {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
  readonly generation: number
  readonly at: number
}

/** What came of trying the resizes that wait: one entry for each pod of which something changed. */
export interface ResizeOutcome {
  readonly pod: Pod
  /** The resize was allocated and is to be applied. */
  readonly allocated: boolean
  /** Set when it waits, and something about that is new. */
  readonly pending?: PendingResize
}

/** What a node has to give, and how it gives it. */
export interface AllocationOptions extends Amounts {
  readonly cpuManagerPolicy?: string
  readonly memoryManagerPolicy?: string
  readonly now: () => number
}

/** Whether a pod may run here. */
export type Admission =
  | { readonly admit: true }
  | { readonly admit: false; readonly reason: string; readonly message: string }

interface Entry {
  pod: Pod
  allocated: ContainerResources
  pending: PendingResize | undefined
}

/**
 * Keeps what was promised to each pod of a node, so that the promises never exceed the node, and decides which resizes can
 * be had. @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/1287-in-place-update-pod-resources
 */
export class AllocationManager {
  readonly #options: AllocationOptions
  readonly #entries: Map<string, Entry> = new Map()

  constructor(options: AllocationOptions) {
    this.#options = options
  }

  /** What all pods were promised together. */
  get used(): Amounts {
    return this.#usedBeside('')
  }

  /** A new pod: takes what it asks for, unless that does not fit. `known` is what an earlier kubelet gave it. */
  admit(pod: Pod, known?: ContainerResources): Admission {
    const before = known ?? this.#entries.get(uidOf(pod))?.allocated
    const wanted = before === undefined ? pod : withResources(pod, before)
    const short = before === undefined ? this.#shortage(wanted) : undefined
    if (short !== undefined) return { admit: false, reason: `OutOf${short.resource}`, message: short.message }
    this.#entries.set(uidOf(pod), { pod, allocated: resourcesOf(wanted), pending: undefined })
    return { admit: true }
  }

  /** Notes the newest spec of a pod that is here. */
  update(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod))
    if (entry !== undefined) entry.pod = pod
  }

  /** A pod has ended: what it had is free. */
  remove(uid: string): void {
    this.#entries.delete(uid)
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

  /** Tries every resize that waits, the most urgent first; one that cannot be had does not hold up the others. */
  retry(): readonly ResizeOutcome[] {
    const waiting = [...this.#entries.values()]
      .filter((entry) => entry.pending !== undefined || !sameResources(resourcesOf(entry.pod), entry.allocated))
      .map((entry) => ({ entry, urgency: this.#urgency(entry) }))
      .sort((left, right) => compare(left.urgency, right.urgency))
    return waiting.flatMap(({ entry }) => this.#try(entry) ?? [])
  }

  #try(entry: Entry): ResizeOutcome | undefined {
    const { pod, pending } = entry
    const generation = pod.metadata.generation ?? 0
    if (sameResources(resourcesOf(pod), entry.allocated)) {
      entry.pending = undefined
      return pending && { pod, allocated: false }
    }
    // What is infeasible is not looked at again until it is asked for anew.
    if (pending?.reason === 'Infeasible' && pending.generation === generation) return undefined
    const refusal = this.#refusal(entry)
    if (refusal === undefined) {
      entry.allocated = resourcesOf(pod)
      entry.pending = undefined
      return { pod, allocated: true }
    }
    const known = pending?.reason === refusal.reason && pending.generation === generation
    const at = pending?.reason === refusal.reason ? pending.at : this.#options.now()
    entry.pending = { ...refusal, generation, at }
    return known && pending?.message === refusal.message ? undefined : { pod, allocated: false, pending: entry.pending }
  }

  #refusal({ pod, allocated }: Entry): Pick<PendingResize, 'reason' | 'message'> | undefined {
    const infeasible = (message: string) => ({ reason: 'Infeasible' as const, message })
    if (isStaticPod(pod) || isMirrorPod(pod)) return infeasible('In-place resize of static-pods is not supported')
    const wanted = amountsOf(pod)
    if (qosClass(pod) === 'Guaranteed') {
      const had = amountsOf(withResources(pod, allocated))
      const pinned = 'Resize is infeasible for Guaranteed Pods alongside'
      const { cpuManagerPolicy, memoryManagerPolicy } = this.#options
      if (cpuManagerPolicy === 'static' && had.cpu !== wanted.cpu) {
        return infeasible(`${pinned} CPU Manager policy "static"`)
      }
      if (memoryManagerPolicy === 'Static' && had.memory !== wanted.memory) {
        return infeasible(`${pinned} Memory Manager policy "Static"`)
      }
    }
    for (const name of ['memory', 'cpu'] as const) {
      const capacity = this.#options[name]
      if (wanted[name] <= capacity) continue
      const counts = `${name}, requested: ${wanted[name]}, capacity: ${capacity}`
      return infeasible(`Node didn't have enough capacity: ${counts}`)
    }
    const short = this.#shortage(pod)
    return short && { reason: 'Deferred', message: short.message }
  }

  #shortage(pod: Pod): { readonly resource: string; readonly message: string } | undefined {
    const wanted = amountsOf(pod)
    const used = this.#usedBeside(uidOf(pod))
    for (const resource of ['cpu', 'memory'] as const) {
      const capacity = this.#options[resource]
      if (wanted[resource] === 0n || wanted[resource] <= capacity - used[resource]) continue
      const counts = `requested: ${wanted[resource]}, used: ${used[resource]}, capacity: ${capacity}`
      return { resource, message: `Node didn't have enough resource: ${resource}, ${counts}` }
    }
    return undefined
  }

  #usedBeside(uid: string): Amounts {
    let [cpu, memory] = [0n, 0n]
    for (const [other, { pod, allocated }] of this.#entries) {
      if (other === uid) continue
      const amounts = amountsOf(withResources(pod, allocated))
      cpu += amounts.cpu
      memory += amounts.memory
    }
    return { cpu, memory }
  }

  /** Smaller numbers first: shrinking, then important, then guaranteed, then what waits longest. */
  #urgency({ pod, allocated, pending }: Entry): readonly number[] {
    const [wanted, had] = [amountsOf(pod), amountsOf(withResources(pod, allocated))]
    const grows = wanted.cpu > had.cpu || wanted.memory > had.memory
    const guaranteed = qosClass(pod) === 'Guaranteed'
    return [grows ? 1 : 0, -(pod.spec?.priority ?? 0), guaranteed ? 0 : 1, pending?.at ?? Number.MAX_VALUE]
  }
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
