import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { forceActivate, unschedulableTimeout } from '../framework/events.ts'
import type { Framework } from '../framework/framework.ts'
import { newPodInfo, type PodInfo } from '../framework/pod-info.ts'
import { type MetricSample, SchedulerMetrics } from '../metrics.ts'
import { type BackoffOptions, backoffExpiry, defaultBackoff, isBackingOff, windowEnd } from './backoff.ts'
import { KeyedHeap } from './heap.ts'
import { newQueuedPod, type QueuedPod, ungated } from './queued-pod.ts'
import { judge, judgeAll, type ObservedEvent, reachesGate, type Strategy } from './requeue.ts'

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
  /** Whether pods that back off are tried early when nothing else is to do; yes unless given. */
  readonly popFromBackoff?: boolean
  readonly metrics?: SchedulerMetrics
}

interface InFlight {
  readonly pod: QueuedPod
  /** What happened since it was popped. */
  readonly events: ObservedEvent[]
}

/**
 * Pods that wait: the active queue, the two back-off queues, the unschedulable ones, and those in flight.
 * Nothing here waits by itself: `nextWake` says when `flush` has something to do.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/backend/queue/scheduling_queue.go
 */
export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions
  readonly #backoff: BackoffOptions
  readonly #early: boolean
  readonly #metrics: SchedulerMetrics
  readonly #active: KeyedHeap<QueuedPod>
  readonly #ordinary: KeyedHeap<QueuedPod>
  readonly #errors: KeyedHeap<QueuedPod>
  readonly #unschedulable: Map<string, QueuedPod> = new Map()
  /** By uid. */
  readonly #inFlight: Map<string, InFlight> = new Map()
  #cycle = 0

  constructor(options: SchedulingQueueOptions) {
    this.#options = options
    this.#early = options.popFromBackoff ?? true
    this.#backoff = { ...(options.backoff ?? defaultBackoff), ...(!this.#early && { window: 1 }) }
    this.#metrics = options.metrics ?? new SchedulerMetrics()
    this.#metrics.addSource(() => this.#samples())
    const order = (left: QueuedPod, right: QueuedPod) => options.frameworkFor(left.info.pod).less(left, right)
    const byExpiry = (left: QueuedPod, right: QueuedPod) =>
      backoffExpiry(left, this.#backoff) - backoffExpiry(right, this.#backoff)
    const key = (pod: QueuedPod) => pod.key
    this.#active = new KeyedHeap(key, order)
    this.#ordinary = new KeyedHeap(
      key,
      (left, right) => byExpiry(left, right) || (this.#early ? order(left, right) : 0),
    )
    this.#errors = new KeyedHeap(key, byExpiry)
  }

  /** How many pods have been popped so far. */
  get cycle(): number {
    return this.#cycle
  }

  /** How many pods are where. */
  counts(): Readonly<Record<QueuePlace, number>> {
    let gated = 0
    for (const pod of this.#unschedulable.values()) if (pod.gatedBy !== undefined) gated++
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
    const waiting = this.#waitingPlace(key)
    if (waiting !== undefined) return waiting
    for (const { pod } of this.#inFlight.values()) if (pod.key === key) return 'in-flight'
    return undefined
  }

  /** Every pod that waits, not counting those in flight. */
  pending(): readonly QueuedPod[] {
    return [...this.#active.values(), ...this.backingOff(), ...this.#unschedulable.values()]
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
    this.#activate(queued, 'UnschedulablePodAdd')
  }

  /** Takes in a new state of a waiting pod. `events` say what changed about it; they may free it. */
  update(pod: Pod, events: readonly ObservedEvent[]): void {
    const info = newPodInfo(pod)
    if (this.#inFlight.has(info.uid)) {
      for (const observed of events) this.#remember(observed)
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
      this.#activate(newQueuedPod(info, this.#options.now()), 'UnschedulablePodUpdate')
      return
    }
    this.#unschedulable.set(info.key, { ...known, info })
    for (const observed of events) {
      const waiting = this.#unschedulable.get(info.key)
      if (waiting === undefined) return
      this.#move(waiting, judge(this.#frameworkFor(waiting), waiting, observed), observed.event.label)
    }
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
    const next = this.#active.pop() ?? this.#popEarly()
    if (next === undefined) return undefined
    this.#cycle++
    const pod = { ...next, attempts: next.attempts + 1, rejectedBy: new Set<string>(), pendingBy: new Set<string>() }
    this.#inFlight.set(pod.info.uid, { pod, events: [] })
    return pod
  }

  /** The pod in flight has its place, or is gone. */
  done(uid: string): void {
    this.#inFlight.delete(uid)
  }

  /**
   * Takes back a pod whose attempt failed. What happened while it was in flight decides where it goes; without a plugin that rejected it, it
   * failed by an error and backs off. `info` is its latest state. Throws when the pod waits already.
   */
  returnUnschedulable(
    failed: QueuedPod,
    rejection: { readonly rejectedBy: ReadonlySet<string>; readonly pendingBy: ReadonlySet<string> },
    info: PodInfo = failed.info,
  ): void {
    const events = this.#inFlight.get(failed.info.uid)?.events ?? []
    this.#inFlight.delete(failed.info.uid)
    const place = this.#waitingPlace(failed.key)
    if (place !== undefined) throw new Error(`Pod ${failed.key} is already present in ${queueNames[place]}`)
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
    this.#move(pod, judgeAll(this.#frameworkFor(pod), pod, events), 'ScheduleAttemptFailure')
  }

  /** Something changed in the cluster: waiting pods whose rejecting plugins care are tried again. Returns how many moved. */
  observe(observed: ObservedEvent, worthAsking: (pod: QueuedPod) => boolean = () => true): number {
    let moved = 0
    for (const pod of [...this.#unschedulable.values()]) {
      if (!worthAsking(pod)) continue
      const framework = this.#frameworkFor(pod)
      if (!reachesGate(framework, pod, observed.event)) continue
      if (this.#move(pod, judge(framework, pod, observed), observed.event.label)) moved++
    }
    this.#remember(observed)
    return moved
  }

  /** Moves waiting pods to the active queue whatever their back-off. One in flight is moved when it comes back. */
  activate(keys: Iterable<string>): void {
    for (const key of keys) {
      const waiting = this.#unschedulable.get(key)
      const backingOff = this.#ordinary.get(key) ?? this.#errors.get(key)
      if (waiting !== undefined || backingOff !== undefined) {
        const pod = waiting ?? backingOff
        this.delete(key)
        if (pod !== undefined) this.#activate(pod, forceActivate.label, waiting === undefined)
        continue
      }
      for (const { pod } of this.#inFlight.values()) {
        if (pod.key === key) this.#remember({ event: forceActivate, before: undefined, after: pod.info.pod })
      }
    }
  }

  /** Moves what has waited long enough. */
  flush(): void {
    const now = this.#options.now()
    for (const heap of [this.#errors, this.#ordinary]) {
      for (let head = heap.peek(); head && !isBackingOff(head, now, this.#backoff); head = heap.peek()) {
        heap.delete(head.key)
        this.#activate(head, 'BackoffComplete', true)
      }
    }
    const limit = this.#options.maxUnschedulable ?? 5 * 60_000
    const timeout = { event: unschedulableTimeout, before: undefined, after: undefined }
    for (const pod of [...this.#unschedulable.values()]) {
      if (pod.gatedBy !== undefined || now - pod.timestamp <= limit) continue
      this.#move(pod, judge(this.#frameworkFor(pod), pod, timeout), unschedulableTimeout.label)
    }
  }

  /** When `flush` is next worth calling for the sake of back-off; undefined when nothing backs off. */
  nextWake(): number | undefined {
    const expiries = [this.#errors.peek(), this.#ordinary.peek()].flatMap((head) =>
      head === undefined ? [] : [windowEnd(backoffExpiry(head, this.#backoff), this.#backoff)],
    )
    return expiries.length === 0 ? undefined : Math.min(...expiries)
  }

  #waitingPlace(key: string): Exclude<QueuePlace, 'in-flight'> | undefined {
    if (this.#active.has(key)) return 'active'
    if (this.#ordinary.has(key) || this.#errors.has(key)) return 'backoff'
    const waiting = this.#unschedulable.get(key)
    if (waiting === undefined) return undefined
    return waiting.gatedBy === undefined ? 'unschedulable' : 'gated'
  }

  #popEarly(): QueuedPod | undefined {
    if (!this.#early) return undefined
    const next = this.#ordinary.pop()
    if (next !== undefined) this.#came('active', 'PopFromBackoffQ')
    return next
  }

  #frameworkFor(pod: QueuedPod): Framework {
    return this.#options.frameworkFor(pod.info.pod)
  }

  #remember(observed: ObservedEvent): void {
    for (const { events } of this.#inFlight.values()) events.push(observed)
  }

  /** Does what a strategy says. True when the pod is no longer among the unschedulable ones. */
  #move(pod: QueuedPod, strategy: Strategy, event: string): boolean {
    if (strategy === 'skip') {
      if (!this.#unschedulable.has(pod.key)) this.#came('unschedulable', event)
      this.#unschedulable.set(pod.key, pod)
      return false
    }
    this.#unschedulable.delete(pod.key)
    const wait = strategy === 'backoff' && isBackingOff(pod, this.#options.now(), this.#backoff)
    if (!wait) return this.#activate(pod, event)
    if (this.#early && this.#gate(pod, event)) return false
    const heap = pod.consecutiveErrors > 0 ? this.#errors : this.#ordinary
    heap.put(ungated(pod))
    this.#came('backoff', event)
    return true
  }

  /** False when a plugin keeps the pod out. `fromBackoff`: the gates were passed on the way to the back-off. */
  #activate(pod: QueuedPod, event: string, fromBackoff = false): boolean {
    if (!(fromBackoff && this.#early) && this.#gate(pod, event)) return false
    this.#active.put({ firstActive: this.#options.now(), ...ungated(pod) })
    this.#came('active', event)
    return true
  }

  /** Keeps a gated pod among the unschedulable ones. */
  #gate(pod: QueuedPod, event: string): boolean {
    const status = this.#frameworkFor(pod).preEnqueue(pod.info.pod, pod.gatedBy)
    if (status?.plugin === undefined) return false
    this.#unschedulable.set(pod.key, {
      ...pod,
      gatedBy: status.plugin,
      rejectedBy: new Set([...pod.rejectedBy, status.plugin]),
    })
    this.#came('unschedulable', event)
    return true
  }

  #came(queue: string, event: string): void {
    this.#metrics.count('queue_incoming_pods_total', { queue, event })
  }

  *#samples(): Iterable<MetricSample> {
    const counts = this.counts()
    for (const queue of ['active', 'backoff', 'unschedulable', 'gated'] as const) {
      yield { name: 'pending_pods', labels: { queue }, value: counts[queue] }
    }
    const rejections = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>()
    for (const pod of this.pending()) {
      const { profileName } = this.#frameworkFor(pod)
      for (const plugin of new Set([...pod.rejectedBy, ...pod.pendingBy])) {
        const key = `${profileName} ${plugin}`
        const sum = rejections.get(key) ?? { labels: { plugin, profile: profileName }, value: 0 }
        sum.value++
        rejections.set(key, sum)
      }
    }
    for (const { labels, value } of rejections.values()) yield { name: 'unschedulable_pods', labels, value }
    const events = new Map<string, number>()
    for (const flying of this.#inFlight.values()) {
      for (const { event } of flying.events) events.set(event.label, (events.get(event.label) ?? 0) + 1)
    }
    for (const [event, value] of events) yield { name: 'inflight_events', labels: { event }, value }
  }
}

const queueNames: Readonly<Record<Exclude<QueuePlace, 'in-flight'>, string>> = {
  active: 'the active queue',
  backoff: 'the backoff queue',
  unschedulable: 'unschedulable queue',
  gated: 'unschedulable queue',
}

export type { ObservedEvent }
