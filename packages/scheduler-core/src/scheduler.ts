import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { ObjectStores } from './cache/object-store.ts'
import { SchedulerCache } from './cache/scheduler-cache.ts'
import { nodeEvents, podEvents } from './changes.ts'
import { SchedulerConfigError } from './config/config-error.ts'
import { defaultConfiguration } from './config/default-configuration.ts'
import type { SchedulerConfiguration } from './config/types.ts'
import { clusterEvent, type EventResource } from './framework/events.ts'
import type { Framework } from './framework/framework.ts'
import { newFramework } from './framework/new-framework.ts'
import type { Listers, WatchedKind, WatchedObjects } from './framework/objects.ts'
import { newPodInfo, podKey } from './framework/pod-info.ts'
import { isRejected, type Outcome, type Status } from './framework/status.ts'
import { WaitingPods } from './framework/waiting-pods.ts'
import { PodGroups } from './gangs/pod-groups.ts'
import { SchedulerMetrics } from './metrics.ts'
import { Nominator } from './nominator.ts'
import { isDeleting, isTerminated, onNode } from './pod-state.ts'
import { OngoingPreemptions } from './preemption/ongoing-preemptions.ts'
import { type QueuePlace, SchedulingQueue } from './queue/scheduling-queue.ts'
import type { Decision } from './schedule-pod.ts'
import { SchedulingCycle } from './scheduling-cycle.ts'
import type { BindStep, FailedStep, SchedulerOptions, Step } from './steps.ts'

/**
 * kube-scheduler without its wires: it is told what the cluster looks like, and says one step at a time what to do.
 * Nothing here waits, writes or reads a clock of its own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/scheduler.go
 */
export class Scheduler {
  readonly cache: SchedulerCache = new SchedulerCache()
  readonly queue: SchedulingQueue
  /** Counters and gauges by upstream's names. */
  readonly metrics: SchedulerMetrics = new SchedulerMetrics()
  readonly configuration: SchedulerConfiguration
  readonly #frameworks: ReadonlyMap<string, Framework>
  readonly #cycle: SchedulingCycle
  readonly #options: SchedulerOptions
  readonly #objects: ObjectStores = new ObjectStores()
  readonly #nominator: Nominator = new Nominator()
  readonly #waiting: WaitingPods = new WaitingPods()
  readonly #preempting: OngoingPreemptions = new OngoingPreemptions()
  readonly #groups: PodGroups = new PodGroups()
  /** Pods without a node as the API showed them last. */
  readonly #pending: Map<string, Pod> = new Map()
  /** Pods that plugins want to see tried next, until the cycle is over. */
  readonly #toActivate: Set<string> = new Set()

  /** Throws SchedulerConfigError for a configuration that cannot work. */
  constructor(options: SchedulerOptions) {
    this.#options = options
    this.configuration = options.configuration ?? defaultConfiguration(options.gates)
    const services = {
      gates: options.gates,
      now: options.now,
      random: options.random ?? (() => 0),
      listers: this.#objects.listers,
      snapshot: () => this.cache.view(),
      nominations: this.#nominator,
      activate: (pods: Iterable<Pod>) => {
        for (const pod of pods) this.#toActivate.add(podKey(pod))
      },
      podGroups: this.#groups,
      preempting: this.#preempting,
      metrics: this.metrics,
      exhaustivePreemption: options.exhaustivePreemption === true,
      api: options.api,
      waiting: this.#waiting,
    }
    this.#frameworks = new Map(
      this.configuration.profiles.map((profile) => [
        profile.schedulerName,
        makeProfile(() => newFramework(profile, services, options.plugins), profile.schedulerName),
      ]),
    )
    const [fallback] = this.#frameworks.values()
    if (fallback === undefined) throw new TypeError('a scheduler needs at least one profile')
    const { podInitialBackoffSeconds, podMaxBackoffSeconds } = this.configuration
    this.queue = new SchedulingQueue({
      now: options.now,
      frameworkFor: (pod) => this.frameworkFor(pod) ?? fallback,
      popFromBackoff: options.gates.enabled('SchedulerPopFromBackoffQ'),
      metrics: this.metrics,
      backoff: options.backoff ?? { initial: podInitialBackoffSeconds * 1000, max: podMaxBackoffSeconds * 1000 },
    })
    for (const framework of this.#frameworks.values()) this.metrics.addSource(() => framework.evaluations())
    this.metrics.addSource(() => this.cache.sizes())
    this.#cycle = new SchedulingCycle({
      options,
      percentageOfNodesToScore: options.percentageOfNodesToScore ?? this.configuration.percentageOfNodesToScore,
      cache: this.cache,
      queue: this.queue,
      metrics: this.metrics,
      nominator: this.#nominator,
      waiting: this.#waiting,
      preempting: this.#preempting,
      pending: this.#pending,
      frameworks: this.#frameworks.values(),
    })
  }

  /** What is known of the watched kinds besides nodes and pods. */
  get listers(): Listers {
    return this.#objects.listers
  }

  /** The profiles by scheduler name. */
  get frameworks(): ReadonlyMap<string, Framework> {
    return this.#frameworks
  }

  /** The profile that serves a pod, or undefined. */
  frameworkFor(pod: Pod): Framework | undefined {
    return this.#frameworks.get(pod.spec?.schedulerName || 'default-scheduler')
  }

  /** True for the pods that one of the profiles serves. */
  serves(pod: Pod): boolean {
    return this.frameworkFor(pod) !== undefined
  }

  nodeChanged(before: Node | undefined, after: Node): void {
    this.cache.putNode(after)
    if (before === undefined) this.queue.observe({ event: clusterEvent('Node', 'Add'), before, after })
    else
      for (const event of nodeEvents(before, after, this.#options.gates.enabled('NodeDeclaredFeatures')))
        this.queue.observe({ event, before, after })
  }

  nodeRemoved(node: Node): void {
    this.queue.observe({ event: clusterEvent('Node', 'Delete'), before: node, after: undefined })
    this.cache.removeNode(node.metadata.name ?? '')
  }

  /** Takes over a change of another watched kind: `before` undefined when it is new, `after` undefined when it is gone. */
  objectChanged<Kind extends WatchedKind>(
    kind: Kind,
    before: WatchedObjects[Kind] | undefined,
    after: WatchedObjects[Kind] | undefined,
  ): void {
    this.#objects.change(kind, before, after)
    const resource = observedKinds[kind]
    if (resource === undefined) return
    const action = before === undefined ? 'Add' : after === undefined ? 'Delete' : 'Update'
    this.queue.observe({ event: clusterEvent(resource, action), before, after })
  }

  /** Takes a new or changed pod. Terminated pods count as removed. */
  podChanged(before: Pod | undefined, after: Pod): void {
    const known = before !== undefined && !isTerminated(before) ? before : undefined
    if (isTerminated(after)) {
      if (known !== undefined) this.podRemoved(known)
      return
    }
    this.#groups.put(after)
    if (isDeleting(after)) this.#preempting.podLeaves(after)
    if (known?.spec?.nodeName) this.#placedChanged(known, after)
    else if (after.spec?.nodeName) this.#placed(known, after)
    else if (known === undefined) this.#added(after)
    else this.#pendingChanged(known, after)
  }

  podRemoved(pod: Pod): void {
    this.#groups.remove(pod)
    this.#preempting.podLeaves(pod)
    const uid = pod.metadata.uid ?? ''
    if (pod.spec?.nodeName) {
      this.cache.removePod(uid)
      this.#released(pod)
      return
    }
    const key = podKey(pod)
    this.#pending.delete(key)
    this.queue.delete(key)
    this.#nominator.remove(uid)
    if (this.cache.isAssumed(uid)) this.#assumedRemoved(pod)
    else if (pod.status?.nominatedNodeName) this.#released(pod, pod.spec?.priority ?? 0)
  }

  /** Decides about the pod whose turn it is; undefined when none waits in the active queue. */
  next(): Step | undefined {
    const queued = this.queue.pop()
    if (queued === undefined) return undefined
    const { pod } = queued.info
    const framework = this.frameworkFor(pod)
    if (framework === undefined || this.cache.isAssumed(queued.info.uid)) {
      this.queue.done(queued.info.uid)
      return { type: 'skipped', pod }
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.queue.done(queued.info.uid)
      return { type: 'skipped', pod, message: `skip schedule deleting pod: ${queued.key}` }
    }
    this.#toActivate.clear()
    const step = this.#cycle.run(queued, framework)
    if (step.type === 'bind' && this.#toActivate.size > 0) this.queue.activate(this.#toActivate)
    this.#toActivate.clear()
    return step
  }

  /** Decides where a pod would go now, without placing it. Undefined when no profile serves it. */
  explain(pod: Pod): Decision | undefined {
    const framework = this.frameworkFor(pod)
    if (framework === undefined) return undefined
    return this.#cycle.explain(framework, newPodInfo(pod))
  }

  /** What a pod's filtering and scoring depend on, as text; undefined when it cannot be told, or without OpportunisticBatching. */
  signatureOf(pod: Pod): string | undefined {
    const framework = this.frameworkFor(pod)
    return framework && this.#cycle.signatureOf(framework, newPodInfo(pod))
  }

  /** Calls back when the pod need not wait at Permit any longer: undefined when it may be bound, else why not. At once when it never had to. */
  whenPermitted(step: BindStep, settled: (outcome: Outcome) => void): void {
    this.#waiting.whenSettled(step.queued.info.uid, (outcome) => {
      if (outcome === undefined) this.queue.done(step.queued.info.uid)
      settled(outcome)
    })
  }

  /** Rejects the pods that have waited too long at Permit. */
  expireWaiting(): void {
    this.#waiting.expire(this.#options.now())
  }

  /** When `queue.flush` or `expireWaiting` has something to do next; undefined when nothing is due. */
  nextWake(): number | undefined {
    const times = [this.queue.nextWake(), this.#waiting.nextDeadline()].filter((time) => time !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** The API took the binding. */
  bound(step: BindStep): void {
    this.queue.done(step.queued.info.uid)
    this.#countSuccess(step)
    step.framework.postBind(step.state, step.queued.info, step.node)
  }

  /** The API refused the binding, or a plugin did, or time at Permit ran out: the pod's place is free again and it is retried later. */
  bindFailed(step: BindStep, status: Status): FailedStep {
    const { framework, state, queued, node, pod } = step
    const { uid } = queued.info
    framework.unreserve(state, queued.info, node)
    const assumed = this.cache.isAssumed(uid)
    this.cache.forget(uid)
    const rejected = isRejected(status)
    const observed = { event: clusterEvent('AssignedPod', 'Delete'), before: onNode(pod, node), after: undefined }
    // A rejected pod waits for what its plugins care about; its own leaving is nothing it could profit from.
    if (assumed && !rejected) this.queue.observe(observed)
    const failed = this.#cycle.refused(
      queued,
      framework,
      node,
      status,
      rejected ? { permit: status } : {},
      step.decision,
    )
    if (assumed && rejected) this.queue.observe(observed, (other) => other.info.uid !== uid)
    return failed
  }

  /** Only the last of the pods to evict is left: once it is going, the pod that needs its place need not be held back any longer. */
  evictingLast(step: FailedStep, victim: Pod): void {
    this.#preempting.lastVictim(step.pod.metadata.uid ?? '', victim)
  }

  /** All pods to evict were deleted, or one could not be: then the pod that needs their place is tried again at once. */
  evicted(step: FailedStep, error?: unknown): void {
    this.#preempting.finish(step.pod.metadata.uid ?? '')
    if (error !== undefined) this.queue.activate([podKey(step.pod)])
  }

  /** How many pods wait where. */
  pendingCounts(): Readonly<Record<QueuePlace, number>> {
    return this.queue.counts()
  }

  #added(pod: Pod): void {
    if (!this.serves(pod)) return
    const key = podKey(pod)
    this.#pending.set(key, pod)
    this.#nominator.add(newPodInfo(pod))
    this.queue.add(pod)
    if (this.#options.gates.enabled('GangScheduling')) {
      this.queue.observe({ event: clusterEvent('UnschedulablePod', 'Add'), before: undefined, after: pod })
    }
  }

  #pendingChanged(before: Pod, after: Pod): void {
    if (!this.serves(before)) return
    const version = after.metadata.resourceVersion
    if (version !== undefined && version === before.metadata.resourceVersion) return
    this.#pending.set(podKey(after), after)
    if (this.cache.isAssumed(after.metadata.uid ?? '')) {
      const deleting = after.metadata.deletionTimestamp !== undefined
      if (deleting && before.metadata.deletionTimestamp === undefined) this.#assumedRemoved(after)
      return
    }
    this.#nominator.update(before, newPodInfo(after))
    this.queue.update(
      after,
      podEvents(before, after).map((event) => ({ event, before, after })),
    )
    const promised = before.status?.nominatedNodeName
    if (promised && promised !== after.status?.nominatedNodeName) this.#released(before, before.spec?.priority ?? 0)
  }

  #placed(before: Pod | undefined, after: Pod): void {
    this.cache.putPod(after)
    this.queue.observe({ event: clusterEvent('AssignedPod', 'Add'), before: undefined, after })
    this.#pending.delete(podKey(after))
    if (before === undefined || !this.serves(before)) return
    this.queue.delete(podKey(after))
    this.#nominator.remove(after.metadata.uid ?? '')
  }

  #placedChanged(before: Pod, after: Pod): void {
    this.cache.putPod(after)
    for (const event of podEvents(before, after)) this.queue.observe({ event, before, after })
  }

  /** An assumed pod is going or gone: one that waits at Permit is rejected, another's place is free at once. */
  #assumedRemoved(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const node = this.cache.nodeOf(uid)
    const waiting = this.#waiting.get(uid)
    if (waiting !== undefined) waiting.reject('', 'removed')
    else this.cache.forget(uid)
    this.#released(node === undefined ? pod : onNode(pod, node))
  }

  #countSuccess({ framework, queued }: BindStep): void {
    this.metrics.count('schedule_attempts_total', { result: 'scheduled', profile: framework.profileName })
    this.metrics.count('pod_scheduling_attempts_count')
    this.metrics.count('pod_scheduling_attempts_sum', {}, queued.attempts)
  }

  /** Somebody left a node, or gave up the promise of one. */
  #released(pod: Pod, highestPriority = Number.POSITIVE_INFINITY): void {
    this.queue.observe(
      { event: clusterEvent('AssignedPod', 'Delete'), before: pod, after: undefined },
      ({ info }) => info.priority <= highestPriority,
    )
  }
}

/** Which kinds wake waiting pods, and as what. */
const observedKinds: Readonly<Partial<Record<WatchedKind, EventResource>>> = {
  PersistentVolume: 'PersistentVolume',
  PersistentVolumeClaim: 'PersistentVolumeClaim',
  StorageClass: 'StorageClass',
  CSINode: 'CSINode',
  CSIDriver: 'CSIDriver',
  CSIStorageCapacity: 'CSIStorageCapacity',
  VolumeAttachment: 'VolumeAttachment',
  Workload: 'Workload',
}

function makeProfile(make: () => Framework, name: string): Framework {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SchedulerConfigError)) throw error
    const context = `initializing profiles: creating profile for scheduler name ${name}`
    throw new SchedulerConfigError(error.faults.map((fault) => `${context}: ${fault}`))
  }
}

export type { BindStep, FailedStep, SchedulerOptions, Step }
