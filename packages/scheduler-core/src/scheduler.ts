import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type BatchHint, OpportunisticBatch } from './batching/opportunistic-batch.ts'
import { ObjectStores } from './cache/object-store.ts'
import { SchedulerCache } from './cache/scheduler-cache.ts'
import { nodeEvents, podEvents } from './changes.ts'
import { SchedulerConfigError } from './config/config-error.ts'
import { defaultConfiguration } from './config/default-configuration.ts'
import type { SchedulerConfiguration } from './config/types.ts'
import { fitErrorMessage } from './fit-error.ts'
import { CycleState } from './framework/cycle-state.ts'
import { clusterEvent, type EventResource } from './framework/events.ts'
import { type Framework, message } from './framework/framework.ts'
import type { PluginFactory, SchedulerApi } from './framework/handle.ts'
import type { PreemptionTrace } from './framework/interfaces.ts'
import { newFramework } from './framework/new-framework.ts'
import { NodeStatuses } from './framework/node-statuses.ts'
import type { Listers, WatchedKind, WatchedObjects } from './framework/objects.ts'
import { newPodInfo, type PodInfo, podKey } from './framework/pod-info.ts'
import { failure, isRejected, type Outcome, type Status } from './framework/status.ts'
import { WaitingPods } from './framework/waiting-pods.ts'
import { PodGroups } from './gangs/pod-groups.ts'
import { SchedulerMetrics } from './metrics.ts'
import { Nominator } from './nominator.ts'
import { OngoingPreemptions } from './preemption/ongoing-preemptions.ts'
import type { BackoffOptions } from './queue/backoff.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import { type QueuePlace, SchedulingQueue } from './queue/scheduling-queue.ts'
import { type TieBreak, upstreamTieBreak } from './ranking.ts'
import { type CycleTrace, type Decision, type Diagnosis, schedulePod } from './schedule-pod.ts'

/** Options of a scheduler; times in milliseconds. */
export interface SchedulerOptions {
  readonly now: () => number
  readonly gates: FeatureGates
  /** One profile `default-scheduler` with the default plugins unless given. */
  readonly configuration?: SchedulerConfiguration
  /** Plugins beside upstream's, by name; they may also stand in for upstream's. */
  readonly plugins?: ReadonlyMap<string, PluginFactory>
  /** Goes before the configuration's. 0 adapts to the size of the cluster. */
  readonly percentageOfNodesToScore?: number
  /** Goes before the configuration's. */
  readonly backoff?: BackoffOptions
  /** An integer from 0 to below its argument; always 0 unless given. */
  readonly random?: (below: number) => number
  readonly tieBreak?: TieBreak
  /** Preemption looks at every candidate and takes the smallest name of the equally good ones, instead of a random stretch of the nodes. */
  readonly exhaustivePreemption?: boolean
  /** Where binding plugins write. Without it they skip. */
  readonly api?: SchedulerApi
}

/** A pod that has its node now, as far as the scheduler is concerned. */
export interface BindStep {
  readonly type: 'bind'
  readonly pod: Pod
  readonly node: string
  readonly queued: QueuedPod
  readonly framework: Framework
  readonly state: CycleState
  readonly decision: Decision & { readonly result: 'scheduled' }
  /** Permit's answer, when the pod must wait: see `whenPermitted`. */
  readonly permit?: Status
}

/** A pod that has no node, and what to tell its users. */
export interface FailedStep {
  readonly type: 'failed'
  readonly pod: Pod
  readonly profile: string
  readonly reason: 'Unschedulable' | 'SchedulerError'
  /** Whole; events cut it at 1024 bytes. */
  readonly message: string
  readonly decision?: Decision
  readonly diagnosis?: Diagnosis
  readonly reserve?: Status
  readonly permit?: Status
  readonly postFilter?: Status
  readonly preemption?: PreemptionTrace
  /** Pods to be deleted to make room; with SchedulerAsyncPreemption whoever does so reports back with `evicted`. */
  readonly evict?: readonly PodInfo[]
  /** Pods that waited at Permit and were turned away to make room. */
  readonly turnedAway?: readonly PodInfo[]
  /** To be written to the pod's status; the empty string takes an earlier one back. */
  readonly nominatedNode?: string
  readonly rejectedBy: ReadonlySet<string>
}

/** What to do about one pod. Whoever carries it out reports back with `bound` or `bindFailed`. */
export type Step =
  | BindStep
  | FailedStep
  | {
      readonly type: 'skipped'
      readonly pod: Pod
      /** For an event; absent for a pod that is placed already. */
      readonly message?: string
    }

const nobody: ReadonlySet<string> = new Set()

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
  /** Empty without OpportunisticBatching. */
  readonly #batches: ReadonlyMap<Framework, OpportunisticBatch>
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
  #start = 0

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
    const batching = options.gates.enabled('OpportunisticBatching')
    this.#batches = new Map(
      [...(batching ? this.#frameworks.values() : [])].map((framework) => [
        framework,
        new OpportunisticBatch(framework, this.metrics, options.now),
      ]),
    )
    const { podInitialBackoffSeconds, podMaxBackoffSeconds } = this.configuration
    this.queue = new SchedulingQueue({
      now: options.now,
      frameworkFor: (pod) => this.frameworkFor(pod) ?? fallback,
      popFromBackoff: options.gates.enabled('SchedulerPopFromBackoffQ'),
      metrics: this.metrics,
      backoff: options.backoff ?? { initial: podInitialBackoffSeconds * 1000, max: podMaxBackoffSeconds * 1000 },
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
    const step = this.#cycle(queued, framework)
    if (step.type === 'failed') this.#countAttempt(framework, step)
    if (step.type === 'bind' && this.#toActivate.size > 0) this.queue.activate(this.#toActivate)
    this.#toActivate.clear()
    return step
  }

  /** Decides where a pod would go now, without placing it. Undefined when no profile serves it. */
  explain(pod: Pod): Decision | undefined {
    const framework = this.frameworkFor(pod)
    if (framework === undefined) return undefined
    const start = this.#start
    const decision = this.#decide(framework, newPodInfo(pod), new CycleState())
    this.#start = start
    return decision
  }

  /** What a pod's filtering and scoring depend on, as text; undefined when it cannot be told, or without OpportunisticBatching. */
  signatureOf(pod: Pod): string | undefined {
    const framework = this.frameworkFor(pod)
    return framework && this.#batches.get(framework)?.sign(newPodInfo(pod))
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
    const failed = this.#refused(queued, framework, node, status, rejected ? { permit: status } : {}, step.decision)
    if (assumed && rejected) this.queue.observe(observed, (other) => other.info.uid !== uid)
    this.#countAttempt(framework, failed)
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

  #cycle(queued: QueuedPod, framework: Framework): Step {
    const { pod, uid } = queued.info
    const state = new CycleState()
    const decision = this.#decideInTurn(framework, queued.info, state)
    if (decision.result === 'unschedulable') return this.#unschedulable(queued, framework, state, decision)
    if (decision.result === 'error') {
      const reason = decision.noNodes ? 'Unschedulable' : 'SchedulerError'
      return this.#requeue(queued, framework, { reason, message: decision.message, decision, nominatedNode: '' })
    }
    const { node } = decision
    try {
      this.cache.assume(pod, node)
    } catch (error) {
      return this.#refused(queued, framework, node, failure(error), {}, decision)
    }
    this.#nominator.remove(uid)
    const reserve = framework.reserve(state, queued.info, node)
    const permit = reserve === undefined ? framework.permit(state, queued.info, node) : undefined
    const status = reserve ?? permit
    if (status === undefined || status.code === 'Wait') {
      return { type: 'bind', pod, node, queued, framework, state, decision, ...(permit && { permit }) }
    }
    framework.unreserve(state, queued.info, node)
    this.cache.forget(uid)
    return this.#refused(queued, framework, node, status, reserve ? { reserve } : { permit: status }, decision)
  }

  /** Decides with the help of what the pod before was told, and remembers what may help the next one. */
  #decideInTurn(framework: Framework, pod: PodInfo, state: CycleState): Decision {
    const batch = this.#batches.get(framework)
    if (batch === undefined) return this.#decide(framework, pod, state)
    const { cycle } = this.queue
    let hint: BatchHint = { node: undefined, signature: undefined }
    const decision = this.#decide(framework, pod, state, () => {
      hint = batch.hint(pod, state, this.cache.view(), cycle)
      return hint.node
    })
    if (decision.result === 'scheduled') batch.store(hint, decision.node, decision.others, cycle)
    return decision
  }

  #decide(framework: Framework, pod: PodInfo, state: CycleState, hint?: () => string | undefined): Decision {
    const decision = schedulePod({
      framework,
      snapshot: this.cache.view(),
      pod,
      state,
      ...(hint && { hint }),
      start: this.#start,
      percentageOfNodesToScore: this.#options.percentageOfNodesToScore ?? this.configuration.percentageOfNodesToScore,
      tieBreak: this.#options.tieBreak ?? upstreamTieBreak,
    })
    this.#start = decision.start
    return decision
  }

  #unschedulable(
    queued: QueuedPod,
    framework: Framework,
    state: CycleState,
    decision: Decision & { readonly result: 'unschedulable' },
  ): FailedStep {
    const { diagnosis } = decision
    const common = { reason: 'Unschedulable', decision, diagnosis } as const
    if (framework.plugins.postFilter.length === 0) {
      return this.#requeue(queued, framework, { ...common, message: fitErrorMessage(diagnosis), nominatedNode: '' })
    }
    const after = framework.postFilter(state, queued.info, diagnosis.statuses, this.cache.view())
    const victims = (after.preemption?.chosen?.victims ?? []).filter((info) => !isDeleting(info.pod))
    const turnedAway = victims.filter((info) => this.#waiting.get(info.uid) !== undefined)
    const evict = victims.filter((info) => !turnedAway.includes(info))
    if (evict.length > 0 && this.#options.gates.enabled('SchedulerAsyncPreemption')) {
      this.#preempting.start(queued.info.uid)
    }
    const step = this.#requeue(queued, framework, {
      ...common,
      ...(victims.length > 0 && { evict, turnedAway }),
      message: fitErrorMessage(diagnosis, after.status === undefined ? '' : message(after.status)),
      ...(after.status && { postFilter: after.status }),
      ...(after.preemption && { preemption: after.preemption }),
      ...(after.nominatedNode !== undefined && { nominatedNode: after.nominatedNode }),
    })
    for (const { uid } of turnedAway) this.#waiting.get(uid)?.reject('DefaultPreemption', 'preempted')
    return step
  }

  /** After Reserve, Permit or the binding cycle said no. */
  #refused(
    queued: QueuedPod,
    framework: Framework,
    node: string,
    status: Status,
    at: Pick<FailedStep, 'reserve' | 'permit'>,
    decision: Decision,
  ): FailedStep {
    if (!isRejected(status)) {
      const text = message(status)
      return this.#requeue(queued, framework, {
        ...at,
        reason: 'SchedulerError',
        message: text,
        decision,
        nominatedNode: '',
      })
    }
    const by = new Set(status.plugin === undefined ? [] : [status.plugin])
    const diagnosis: Diagnosis = {
      nodeCount: 1,
      statuses: new NodeStatuses(new Map([[node, status]])),
      rejectedBy: by,
      pendingBy: status.code === 'Pending' ? by : nobody,
    }
    const text = fitErrorMessage(diagnosis)
    return this.#requeue(queued, framework, {
      ...at,
      reason: 'Unschedulable',
      message: text,
      decision,
      diagnosis,
      nominatedNode: '',
    })
  }

  /** Puts a pod back, unless it is gone or has its node by now, and says what to tell its users. */
  #requeue(
    queued: QueuedPod,
    framework: Framework,
    outcome: Omit<FailedStep, 'type' | 'pod' | 'profile' | 'rejectedBy'>,
  ): FailedStep {
    const rejectedBy = outcome.diagnosis?.rejectedBy ?? nobody
    const pendingBy = outcome.diagnosis?.pendingBy ?? nobody
    const latest = this.#pending.get(queued.key)
    if (latest === undefined || latest.metadata.uid !== queued.info.pod.metadata.uid) {
      this.queue.done(queued.info.uid)
    } else {
      const info = latest === queued.info.pod ? queued.info : newPodInfo(latest)
      this.queue.returnUnschedulable(queued, { rejectedBy, pendingBy }, info)
      this.#nominator.add(info, outcome.nominatedNode)
    }
    const { pod } = queued.info
    return { type: 'failed', pod, profile: framework.profileName, ...outcome, rejectedBy }
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

  #countAttempt(framework: Framework, { reason }: FailedStep): void {
    const result = reason === 'Unschedulable' ? 'unschedulable' : 'error'
    this.metrics.count('schedule_attempts_total', { result, profile: framework.profileName })
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

function onNode(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { containers: [], ...pod.spec, nodeName } }
}

function isDeleting(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

export type { CycleTrace }
