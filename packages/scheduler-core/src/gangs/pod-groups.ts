import type { Pod } from '@kube-bonsai/api-types/core/v1'

/** How long a gang may wait at Permit to fill, in milliseconds. */
export const gangTimeout: number = 5 * 60_000

/**
 * One gang: the pods of one namespace that name the same workload, group and replica key. Uids throughout.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/backend/workloadmanager/podgroupinfo.go
 */
export class PodGroup {
  readonly #all: Map<string, Pod> = new Map()
  readonly #unscheduled: Set<string> = new Set()
  readonly #assumed: Set<string> = new Set()
  readonly #assigned: Set<string> = new Set()
  #deadline: number | undefined

  /** How many members there are in all. */
  get size(): number {
    return this.#all.size
  }

  /** How many members have a node, be it only in this scheduler's mind. */
  get placed(): number {
    let count = this.#assigned.size
    for (const uid of this.#assumed) if (!this.#assigned.has(uid)) count++
    return count
  }

  /** The members that have no node, in the order in which they were seen first. */
  unscheduled(): readonly Pod[] {
    return [...this.#all.values()].filter((pod) => this.#unscheduled.has(pod.metadata.uid ?? ''))
  }

  /** Uids of the members that have a node in this scheduler's mind only. */
  assumed(): Iterable<string> {
    return [...this.#assumed]
  }

  /** The member reached Reserve. */
  assume(uid: string): void {
    this.#assumed.add(uid)
    this.#unscheduled.delete(uid)
  }

  /** The member lost its place again. */
  forget(uid: string): void {
    this.#unscheduled.add(uid)
    this.#assumed.delete(uid)
  }

  /** Milliseconds until the gang's patience ends; it begins anew when it has ended. */
  timeLeft(now: number): number {
    if (this.#deadline === undefined || this.#deadline < now) this.#deadline = now + gangTimeout
    return this.#deadline - now
  }

  /** Takes over a member's new state. */
  put(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const known = this.#all.get(uid)
    this.#all.set(uid, pod)
    if (pod.spec?.nodeName) {
      if (known?.spec?.nodeName) return
      this.#assigned.add(uid)
      this.#unscheduled.delete(uid)
      this.#assumed.delete(uid)
    } else if (known === undefined) this.#unscheduled.add(uid)
  }

  remove(uid: string): void {
    this.#all.delete(uid)
    this.#unscheduled.delete(uid)
    this.#assumed.delete(uid)
    this.#assigned.delete(uid)
  }
}

/** The gangs of a cluster, kept from what is heard of pods. */
export class PodGroups {
  readonly #groups: Map<string, PodGroup> = new Map()

  /** The gang that the pod belongs to; undefined without a `workloadRef` or when no member is known. */
  of(pod: Pod): PodGroup | undefined {
    const key = groupKey(pod)
    return key === undefined ? undefined : this.#groups.get(key)
  }

  put(pod: Pod): void {
    const key = groupKey(pod)
    if (key === undefined) return
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = new PodGroup()
      this.#groups.set(key, group)
    }
    group.put(pod)
  }

  remove(pod: Pod): void {
    const key = groupKey(pod)
    const group = key === undefined ? undefined : this.#groups.get(key)
    if (key === undefined || group === undefined) return
    group.remove(pod.metadata.uid ?? '')
    if (group.size === 0) this.#groups.delete(key)
  }
}

/** Two pods of the same key belong to one gang. */
export function groupKey({ metadata, spec }: Pod): string | undefined {
  const ref = spec?.workloadRef
  if (ref === undefined) return undefined
  return JSON.stringify([metadata.namespace ?? '', ref.name, ref.podGroup, ref.podGroupReplicaKey ?? ''])
}
