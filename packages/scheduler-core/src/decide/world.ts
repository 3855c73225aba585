import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { compareUtf8, type ObjectMeta } from '@kube-bonsai/apimachinery'
import { podKey } from '../framework/pod-info.ts'
import type { Scheduler } from '../scheduler.ts'

interface PodEvent {
  readonly key: string
  readonly before: Pod | undefined
  readonly after: Pod | undefined
}

/** Stands in for the API server: keeps the pods, and tells the scheduler what became of its writes when a cycle is over. */
export class World {
  readonly #scheduler: Scheduler
  readonly #graceful: boolean
  readonly #pods: Map<string, Pod> = new Map()
  /** Victims that still take up their place, in graceful preemption. */
  readonly #terminating: Set<string> = new Set()
  #events: PodEvent[] = []
  #version = 1

  constructor(scheduler: Scheduler, graceful: boolean) {
    this.#scheduler = scheduler
    this.#graceful = graceful
  }

  pod(key: string): Pod | undefined {
    return this.#pods.get(key)
  }

  /** A pod of the snapshot; the scheduler hears of it at once. */
  add(pod: Pod): void {
    this.#pods.set(podKey(pod), pod)
    this.#scheduler.podChanged(undefined, pod)
  }

  bind(pod: Pod, node: string): void {
    this.#update(podKey(pod), (now) => {
      return withNomination({ ...now, spec: { containers: [], ...now.spec, nodeName: node } }, '')
    })
  }

  /**
   * Writes a condition, and the nomination unless undefined. What is written is what differs from the pod as the scheduler knew it, which
   * need not be how it is now: a nomination that it has not seen stays, as upstream.
   */
  report(
    known: Pod,
    condition: { readonly type: string; readonly status: string; readonly reason: string; readonly message: string },
    nominatedNode: string | undefined,
  ): void {
    const before = known.status?.conditions?.find(({ type }) => type === condition.type)
    const same =
      before?.status === condition.status && before.reason === condition.reason && before.message === condition.message
    const promised = known.status?.nominatedNodeName ?? ''
    const nomination = nominatedNode === undefined || nominatedNode === promised ? undefined : nominatedNode
    if (same && nomination === undefined) return
    this.#update(podKey(known), (now) => {
      const conditions = [...(now.status?.conditions ?? []).filter(({ type }) => type !== condition.type), condition]
      return withNomination({ ...now, status: { ...now.status, conditions } }, nomination)
    })
  }

  /** Tells others where the pod is about to be bound. */
  nominate(known: Pod, node: string): void {
    if (known.status?.nominatedNodeName === node) return
    this.#update(podKey(known), (now) => withNomination(now, node))
  }

  clearNomination(key: string): void {
    this.#update(key, (now) => {
      return now.status?.nominatedNodeName ? withNomination(now, '') : now
    })
  }

  /** Deletes a victim: it vanishes, or in graceful preemption stays until `finishTermination`. */
  evict(key: string): void {
    const now = this.#pods.get(key)
    if (now === undefined) return
    if (!this.#graceful || !now.spec?.nodeName) {
      this.#pods.delete(key)
      this.#events.push({ key, before: now, after: undefined })
      return
    }
    if (now.metadata.deletionTimestamp !== undefined) return
    this.#update(key, (pod) => ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }))
    this.#terminating.add(key)
  }

  /** Tells the scheduler what happened; several pods may have changed at once, so their names give the order. */
  deliver(): void {
    while (this.#events.length > 0) {
      const events = this.#events.toSorted((left, right) => compareUtf8(left.key, right.key))
      this.#events = []
      for (const { before, after } of events) {
        if (after !== undefined) this.#scheduler.podChanged(before, after)
        else if (before !== undefined) this.#scheduler.podRemoved(before)
      }
    }
  }

  /** Sees to victims that were being deleted already, for which nothing is called. */
  finishVictims(keys: readonly string[]): void {
    for (const key of keys)
      if (this.#pods.get(key)?.metadata.deletionTimestamp !== undefined) this.#terminating.add(key)
    if (!this.#graceful) this.finishTermination()
  }

  /** Removes the victims that are being deleted, and says how many. */
  finishTermination(): number {
    const keys = [...this.#terminating].sort(compareUtf8)
    this.#terminating.clear()
    for (const key of keys) {
      const pod = this.#pods.get(key)
      this.#pods.delete(key)
      if (pod !== undefined) this.#scheduler.podRemoved(pod)
    }
    return keys.length
  }

  #update(key: string, change: (now: Pod) => Pod): void {
    const before = this.#pods.get(key)
    if (before === undefined) return
    const changed = change(before)
    if (changed === before) return
    this.#version += 1
    const metadata: ObjectMeta = { ...changed.metadata, resourceVersion: String(this.#version) }
    const after: Pod = { ...changed, metadata }
    this.#pods.set(key, after)
    this.#events.push({ key, before, after })
  }
}

/** The empty string takes a nomination back, undefined leaves it. */
function withNomination(pod: Pod, node: string | undefined): Pod {
  if (node === undefined) return pod
  const { nominatedNodeName: _, ...status } = pod.status ?? {}
  return { ...pod, status: { ...status, ...(node !== '' && { nominatedNodeName: node }) } }
}
