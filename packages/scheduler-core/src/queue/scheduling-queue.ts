import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type ClusterEvent, concerns, type EventRegistration, wildcard } from '../framework/events.ts'
import type { Framework } from '../framework/framework.ts'
import { newPodInfo, type PodInfo } from '../framework/pod-info.ts'
import { type BackoffOptions, backoffExpiry, defaultBackoff, isBackingOff, windowEnd } from './backoff.ts'
import { KeyedHeap } from './heap.ts'
import { newQueuedPod, type QueuedPod, ungated } from './queued-pod.ts'

/** A change of the cluster with the objects before and after. */
export interface ObservedEvent {
  readonly event: ClusterEvent
  readonly before: unknown
  readonly after: unknown
}

/** Where a pod is. */
export type QueuePlace = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'in-flight'

/** Options of a queue; times in milliseconds. */
export interface SchedulingQueueOptions {
  readonly now: () => number
  /** The framework that serves a pod; the first profile's when the pod's own is unknown. */
  readonly frameworkFor: (pod: Pod) => Framework
  readonly backoff?: BackoffOptions
  /** How long a pod may stay unschedulable before it is tried again anyway: 5 minutes. */
  readonly maxUnschedulable?: number
}

type Strategy = 'skip' | 'backoff' | 'immediately'

/**
 * Pods that wait: the active queue, the two back-off queues, the unschedulable ones, and those in flight.
 * Nothing here waits by itself: `nextWake` says when `flush` has something to do.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/backend/queue/scheduling_queue.go
 */
export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions
  readonly #backoff: BackoffOptions
  readonly #active: KeyedHeap<QueuedPod>
  readonly #ordinary: KeyedHeap<QueuedPod>
  readonly #errors: KeyedHeap<QueuedPod>
  readonly #unschedulable: Map<string, QueuedPod> = new Map()
  readonly #inFlight: Map<string, { readonly pod: QueuedPod; readonly events: ObservedEvent[] }> = new Map()
  #cycle = 0

  constructor(options: SchedulingQueueOptions) {
    this.#options = options
    this.#backoff = options.backoff ?? defaultBackoff
    const order = (left: QueuedPod, right: QueuedPod) => options.frameworkFor(left.info.pod).less(left, right)
    const byExpiry = (left: QueuedPod, right: QueuedPod) =>
      backoffExpiry(left, this.#backoff) - backoffExpiry(right, this.#backoff)
    const key = (pod: QueuedPod) => pod.key
    this.#active = new KeyedHeap(key, order)
    this.#ordinary = new KeyedHeap(key, (left, right) => byExpiry(left, right) || order(left, right))
    this.#errors = new KeyedHeap(key, byExpiry)
  }

  get cycle(): number {
    return this.#cycle
  }

  /** How many pods are where. */
  counts(): Readonly<Record<QueuePlace, number>> {
    const gated = [...this.#unschedulable.values()].filter((pod) => pod.gatedBy !== undefined).length
    return {
      active: this.#active.size,
      backoff: this.#ordinary.size + this.#errors.size,
      unschedulable: this.#unschedulable.size - gated,
      gated,
      'in-flight': this.#inFlight.size,
    }
  }

  /** Where the pod `namespace/name` is, or undefined. */
  place(key: string): QueuePlace | undefined {
    if (this.#active.has(key)) return 'active'
    if (this.#ordinary.has(key) || this.#errors.has(key)) return 'backoff'
    const waiting = this.#unschedulable.get(key)
    if (waiting) return waiting.gatedBy === undefined ? 'unschedulable' : 'gated'
    return this.#inFlight.has(key) ? 'in-flight' : undefined
  }

  /** Every pod that waits, not counting those in flight. */
  pending(): readonly QueuedPod[] {
    return [
      ...this.#active.values(),
      ...this.#ordinary.values(),
      ...this.#errors.values(),
      ...this.#unschedulable.values(),
    ]
  }

  /** The pod that `pop` gives next, unless only pods that back off are left. */
  head(): QueuedPod | undefined {
    return this.#active.peek()
  }

  /** The pods that back off. */
  backingOff(): readonly QueuedPod[] {
    return [...this.#ordinary.values(), ...this.#errors.values()]
  }

  /** Gives a pod that waits, and is not active, another time of entry. */
  retime(key: string, timestamp: number): void {
    const waiting = this.#unschedulable.get(key)
    if (waiting) this.#unschedulable.set(key, { ...waiting, timestamp })
    for (const heap of [this.#ordinary, this.#errors]) {
      const known = heap.get(key)
      if (known) heap.put({ ...known, timestamp })
    }
  }

  /** Takes in a new pod. Throws QuantityParseError for a pod whose requests do not parse. */
  add(pod: Pod): void {
    const queued = newQueuedPod(newPodInfo(pod), this.#options.now())
    this.delete(queued.key)
    this.#activate(queued)
  }

  /** Takes in a new state of a waiting pod. `events` say what changed about it; they may free it. */
  update(pod: Pod, events: readonly ObservedEvent[]): void {
    const info = newPodInfo(pod)
    const flying = this.#inFlight.get(info.key)
    if (flying) {
      flying.events.push(...events)
      return
    }
    for (const heap of [this.#active, this.#ordinary, this.#errors]) {
      const known = heap.get(info.key)
      if (known) {
        heap.put({ ...known, info })
        return
      }
    }
    const known = this.#unschedulable.get(info.key)
    if (known === undefined) {
      this.add(pod)
      return
    }
    const changed = { ...known, info }
    this.#unschedulable.set(info.key, changed)
    for (const observed of events) if (this.#reconsider(changed, observed)) return
  }

  /** Forgets a pod wherever it waits. A pod in flight is forgotten by `done`. */
  delete(key: string): void {
    this.#active.delete(key)
    this.#ordinary.delete(key)
    this.#errors.delete(key)
    this.#unschedulable.delete(key)
  }

  /** The pod whose turn it is, or undefined. It is in flight until `done` or `returnUnschedulable`. */
  pop(): QueuedPod | undefined {
    const next = this.#active.pop() ?? this.#popBackoff()
    if (next === undefined) return undefined
    this.#cycle++
    const pod = { ...next, attempts: next.attempts + 1, rejectedBy: new Set<string>(), pendingBy: new Set<string>() }
    this.#inFlight.set(pod.key, { pod, events: [] })
    return pod
  }

  /** The pod in flight has its place, or is gone. */
  done(key: string): void {
    this.#inFlight.delete(key)
  }

  /**
   * Takes back a pod whose attempt failed. What happened while it was in flight decides where it goes.
   * Throws when the pod waits already.
   */
  returnUnschedulable(
    failed: QueuedPod,
    rejection: {
      readonly rejectedBy: ReadonlySet<string>
      readonly pendingBy: ReadonlySet<string>
    },
    info: PodInfo = failed.info,
  ): void {
    const place = this.place(failed.key)
    if (place !== undefined && place !== 'in-flight') {
      const where =
        place === 'active' ? 'the active queue' : place === 'backoff' ? 'the backoff queue' : 'the unschedulable queue'
      throw new Error(`Pod ${failed.key} is already present in ${where}`)
    }
    const events = this.#inFlight.get(failed.key)?.events ?? []
    this.#inFlight.delete(failed.key)
    const { rejectedBy, pendingBy } = rejection
    const error = rejectedBy.size + pendingBy.size === 0
    const pod: QueuedPod = {
      ...failed,
      info,
      rejectedBy,
      pendingBy,
      timestamp: this.#options.now(),
      unschedulableCount: failed.unschedulableCount + (error ? 0 : 1),
      consecutiveErrors: error ? failed.consecutiveErrors + 1 : 0,
    }
    const strategy = rejectedBy.size + pendingBy.size === 0 ? 'backoff' : this.#replay(pod, events)
    if (strategy === 'skip') this.#unschedulable.set(pod.key, pod)
    else this.#move(pod, strategy)
  }

  /** Something changed in the cluster: waiting pods whose rejecting plugins care are tried again. Returns how many moved. */
  observe(observed: ObservedEvent, worthAsking: (pod: QueuedPod) => boolean = () => true): number {
    for (const { events } of this.#inFlight.values()) events.push(observed)
    let moved = 0
    for (const pod of [...this.#unschedulable.values()]) {
      if (worthAsking(pod) && this.#reconsider(pod, observed)) moved++
    }
    return moved
  }

  /** Moves waiting pods to the active queue whatever their back-off. */
  activate(keys: Iterable<string>): void {
    for (const key of keys) {
      const pod = this.#unschedulable.get(key) ?? this.#ordinary.get(key) ?? this.#errors.get(key)
      if (pod === undefined) continue
      this.delete(key)
      this.#activate(pod)
    }
  }

  /** Moves what has waited long enough. */
  flush(): void {
    const now = this.#options.now()
    for (const heap of [this.#errors, this.#ordinary]) {
      for (let head = heap.peek(); head && !isBackingOff(head, now, this.#backoff); head = heap.peek()) {
        heap.delete(head.key)
        this.#activate(head, true)
      }
    }
    const limit = this.#options.maxUnschedulable ?? 5 * 60_000
    const timeout = { event: { ...wildcard, label: 'UnschedulableTimeout' }, before: undefined, after: undefined }
    for (const pod of [...this.#unschedulable.values()]) {
      if (pod.gatedBy === undefined && now - pod.timestamp > limit) this.#reconsider(pod, timeout)
    }
  }

  /** When `flush` is next worth calling for the sake of back-off; undefined when nothing backs off. */
  nextWake(): number | undefined {
    const expiries = [this.#errors.peek(), this.#ordinary.peek()].flatMap((head) =>
      head === undefined ? [] : [windowEnd(backoffExpiry(head, this.#backoff))],
    )
    return expiries.length === 0 ? undefined : Math.min(...expiries)
  }

  #popBackoff(): QueuedPod | undefined {
    return this.#ordinary.pop()
  }

  #activate(pod: QueuedPod, gatesPassed = false): void {
    if (!gatesPassed && this.#gate(pod)) return
    this.#active.put(ungated(pod))
  }

  /** Keeps a gated pod among the unschedulable ones. */
  #gate(pod: QueuedPod): boolean {
    const status = this.#options.frameworkFor(pod.info.pod).preEnqueue(pod.info.pod, pod.gatedBy)
    if (status?.plugin === undefined) return false
    this.#unschedulable.set(pod.key, {
      ...pod,
      gatedBy: status.plugin,
      rejectedBy: new Set([...pod.rejectedBy, status.plugin]),
    })
    return true
  }

  #move(pod: QueuedPod, strategy: Exclude<Strategy, 'skip'>): void {
    const wait = strategy === 'backoff' && isBackingOff(pod, this.#options.now(), this.#backoff)
    this.#unschedulable.delete(pod.key)
    if (!wait) {
      this.#activate(pod)
      return
    }
    if (this.#gate(pod)) return
    const heap = pod.consecutiveErrors > 0 ? this.#errors : this.#ordinary
    heap.put(ungated(pod))
  }

  #reconsider(pod: QueuedPod, observed: ObservedEvent): boolean {
    const strategy = this.#judge(pod, observed)
    if (strategy === 'skip') return false
    this.#move(pod, strategy)
    return this.place(pod.key) !== 'gated'
  }

  #replay(pod: QueuedPod, events: readonly ObservedEvent[]): Strategy {
    let best: Strategy = 'skip'
    for (const observed of events) {
      const strategy = this.#judge(pod, observed)
      if (strategy === 'immediately') return strategy
      if (strategy === 'backoff') best = strategy
    }
    return best
  }

  #judge(pod: QueuedPod, { event, before, after }: ObservedEvent): Strategy {
    if (event.resource === '*') return 'backoff'
    const interested =
      pod.gatedBy === undefined ? new Set([...pod.rejectedBy, ...pod.pendingBy]) : new Set([pod.gatedBy])
    let strategy: Strategy = 'skip'
    for (const { plugin, registrations } of this.#options.frameworkFor(pod.info.pod).registrations) {
      if (!interested.has(plugin)) continue
      const queue = registrations.some((entry) => concerns(entry, event) && wants(entry, pod, before, after))
      if (!queue) continue
      if (pod.pendingBy.has(plugin)) return 'immediately'
      strategy = 'backoff'
    }
    return strategy
  }
}

function wants(registration: EventRegistration, pod: QueuedPod, before: unknown, after: unknown): boolean {
  try {
    return (registration.hint?.(pod.info, before, after) ?? 'Queue') === 'Queue'
  } catch {
    return true
  }
}
