import { formatDurationMs } from '@kube-bonsai/clock'
import type { WaitingPod } from './handle.ts'
import type { PodInfo } from './pod-info.ts'
import type { Outcome } from './status.ts'

/** A pod at Permit, with the end of each plugin's patience. */
class Waiting implements WaitingPod {
  readonly pod: PodInfo
  readonly node: string
  readonly #pending: Map<string, { readonly timeout: number; readonly deadline: number }>
  readonly #settled: (outcome: Outcome) => void
  #done = false

  constructor(
    pod: PodInfo,
    node: string,
    timeouts: ReadonlyMap<string, number>,
    now: number,
    settled: (outcome: Outcome) => void,
  ) {
    this.pod = pod
    this.node = node
    this.#pending = new Map([...timeouts].map(([plugin, timeout]) => [plugin, { timeout, deadline: now + timeout }]))
    this.#settled = settled
  }

  /** When the first plugin loses its patience. */
  get deadline(): number {
    let least = Number.POSITIVE_INFINITY
    for (const { deadline } of this.#pending.values()) least = Math.min(least, deadline)
    return least
  }

  pendingPlugins(): readonly string[] {
    return [...this.#pending.keys()].sort()
  }

  allow(plugin: string): void {
    if (!this.#pending.delete(plugin) || this.#pending.size > 0) return
    this.#settle(undefined)
  }

  reject(plugin: string, message: string): void {
    this.#settle({ code: 'Unschedulable', reasons: [message], ...(plugin !== '' && { plugin }) })
  }

  expire(now: number): void {
    for (const [plugin, { timeout, deadline }] of this.#pending) {
      if (deadline > now) continue
      this.reject(plugin, `rejected due to timeout after waiting ${formatDurationMs(timeout)} at plugin ${plugin}`)
      return
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#done) return
    this.#done = true
    this.#settled(outcome)
  }
}

/** The pods that wait at Permit. @see pkg/scheduler/framework/runtime/waiting_pods_map.go */
export class WaitingPods {
  readonly #byUid: Map<string, Waiting> = new Map()
  readonly #outcomes: Map<string, Outcome> = new Map()
  readonly #listeners: Map<string, (outcome: Outcome) => void> = new Map()

  /** `timeouts` in milliseconds by plugin. */
  add(pod: PodInfo, node: string, timeouts: ReadonlyMap<string, number>, now: number): void {
    const settled = (outcome: Outcome) => {
      this.#byUid.delete(pod.uid)
      const listener = this.#listeners.get(pod.uid)
      this.#listeners.delete(pod.uid)
      if (listener) listener(outcome)
      else this.#outcomes.set(pod.uid, outcome)
    }
    this.#byUid.set(pod.uid, new Waiting(pod, node, timeouts, now, settled))
  }

  get(uid: string): WaitingPod | undefined {
    return this.#byUid.get(uid)
  }

  values(): Iterable<WaitingPod> {
    return [...this.#byUid.values()]
  }

  get size(): number {
    return this.#byUid.size
  }

  /** True for a pod whose wait has not been asked about yet, be it over or not. */
  has(uid: string): boolean {
    return this.#byUid.has(uid) || this.#outcomes.has(uid)
  }

  /** Calls back once the pod was allowed (undefined) or rejected: at once when that has happened, or when it never had to wait. */
  whenSettled(uid: string, settled: (outcome: Outcome) => void): void {
    if (this.#byUid.has(uid)) {
      this.#listeners.set(uid, settled)
      return
    }
    const outcome = this.#outcomes.get(uid)
    this.#outcomes.delete(uid)
    settled(outcome)
  }

  /** Rejects the pods whose time is up. */
  expire(now: number): void {
    for (const waiting of [...this.#byUid.values()]) if (waiting.deadline <= now) waiting.expire(now)
  }

  /** When `expire` has something to do next. */
  nextDeadline(): number | undefined {
    let least: number | undefined
    for (const { deadline } of this.#byUid.values()) if (least === undefined || deadline < least) least = deadline
    return least
  }
}
