import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { SchedulerCache } from './cache/scheduler-cache.ts'
import { nodeEvents, podEvents } from './changes.ts'
import { fitErrorMessage } from './fit-error.ts'
import { CycleState } from './framework/cycle-state.ts'
import { clusterEvent } from './framework/events.ts'
import { Framework } from './framework/framework.ts'
import { newPodInfo as newInfo, type PodInfo, podKey } from './framework/pod-info.ts'
import { Nominator } from './nominator.ts'
import { defaultPlugins, type WeightedPlugin } from './plugins/registry.ts'
import type { BackoffOptions } from './queue/backoff.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import { type QueuePlace, SchedulingQueue } from './queue/scheduling-queue.ts'
import { type Decision, schedulePod } from './schedule-pod.ts'

/** One profile: the pods that ask for this scheduler name, and the plugins that serve them. */
export interface Profile {
  readonly schedulerName: string
  readonly plugins: readonly WeightedPlugin[]
}

/** Options of a scheduler; times in milliseconds. */
export interface SchedulerOptions {
  readonly now: () => number
  readonly gates: FeatureGates
  /** One profile `default-scheduler` with the default plugins unless given. */
  readonly profiles?: readonly Profile[]
  /** 0 (the default) adapts to the size of the cluster. */
  readonly percentageOfNodesToScore?: number
  readonly backoff?: BackoffOptions
}

/** What to do about one pod. Whoever carries it out reports back with `bound` or `bindFailed`. */
export type Step =
  | {
      readonly type: 'bind'
      readonly pod: Pod
      readonly node: string
      readonly queued: QueuedPod
      readonly framework: Framework
      readonly state: CycleState
      readonly decision: Decision & { readonly result: 'scheduled' }
    }
  | {
      readonly type: 'failed'
      readonly pod: Pod
      readonly reason: 'Unschedulable' | 'SchedulerError'
      readonly message: string
      readonly decision?: Decision
      readonly nominatedNode?: string
    }
  | { readonly type: 'skipped'; readonly pod: Pod; readonly message: string }

/**
 * kube-scheduler without its wires: it is told what the cluster looks like, and says one step at a time what to do.
 * Nothing here waits, writes or reads a clock of its own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/scheduler.go
 */
export class Scheduler {
  readonly cache: SchedulerCache = new SchedulerCache()
  readonly queue: SchedulingQueue
  readonly #frameworks: ReadonlyMap<string, Framework>
  readonly #fallback: Framework
  readonly #nominator: Nominator = new Nominator()
  readonly #percentage: number
  #start = 0

  constructor(options: SchedulerOptions) {
    const profiles = options.profiles ?? [
      { schedulerName: 'default-scheduler', plugins: defaultPlugins(options.gates) },
    ]
    const frameworks = profiles.map((profile) => new Framework(profile.schedulerName, profile.plugins))
    const [first] = frameworks
    if (first === undefined) throw new TypeError('a scheduler needs at least one profile')
    this.#fallback = first
    this.#frameworks = new Map(frameworks.map((framework) => [framework.profileName, framework]))
    this.#percentage = options.percentageOfNodesToScore ?? 0
    this.queue = new SchedulingQueue({
      now: options.now,
      frameworkFor: (pod) => this.#frameworkFor(pod) ?? this.#fallback,
      ...(options.backoff && { backoff: options.backoff }),
    })
  }

  /** True for the pods that one of the profiles serves. */
  serves(pod: Pod): boolean {
    return this.#frameworkFor(pod) !== undefined
  }

  nodeChanged(before: Node | undefined, after: Node): void {
    this.cache.putNode(after)
    if (before === undefined) this.queue.observe({ event: clusterEvent('Node', 'Add'), before, after })
    else for (const event of nodeEvents(before, after)) this.queue.observe({ event, before, after })
  }

  nodeRemoved(node: Node): void {
    this.cache.removeNode(node.metadata.name ?? '')
    this.queue.observe({ event: clusterEvent('Node', 'Delete'), before: node, after: undefined })
  }

  /** Takes a new or changed pod. Terminated pods count as removed. */
  podChanged(before: Pod | undefined, after: Pod): void {
    if (isTerminated(after)) {
      this.podRemoved(before ?? after)
      return
    }
    if (after.spec?.nodeName) this.#placed(before, after)
    else this.#waits(before, after)
  }

  podRemoved(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const counted = Boolean(pod.spec?.nodeName) || this.cache.isAssumed(uid)
    this.queue.delete(podKey(pod))
    this.#nominator.remove(uid)
    this.cache.removePod(uid)
    if (counted || pod.status?.nominatedNodeName) {
      this.queue.observe({ event: clusterEvent('Pod', 'Delete'), before: pod, after: undefined })
    }
  }

  /** Decides about the pod whose turn it is; undefined when none waits in the active queue. */
  next(): Step | undefined {
    const queued = this.queue.pop()
    if (queued === undefined) return undefined
    const { pod } = queued.info
    const framework = this.#frameworkFor(pod)
    if (framework === undefined || pod.metadata.deletionTimestamp !== undefined) {
      this.queue.done(queued.key)
      return { type: 'skipped', pod, message: `skip schedule deleting pod: ${queued.key}` }
    }
    const state = new CycleState()
    const decision = this.#decide(framework, queued.info, state)
    if (decision.result !== 'scheduled') return this.#failed(queued, framework, state, decision)

    const { node } = decision
    const uid = queued.info.uid
    try {
      this.cache.assume(pod, node)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return this.#failed(queued, framework, state, { result: 'error', message, start: this.#start })
    }
    this.#nominator.remove(uid)
    const status = framework.reserve(state, queued.info, node) ?? framework.permit(state, queued.info, node).status
    if (status !== undefined) {
      framework.unreserve(state, queued.info, node)
      this.cache.forget(uid)
      const rejected = status.code !== 'Error'
      const rejectedBy = new Set(rejected && status.plugin ? [status.plugin] : [])
      this.queue.returnUnschedulable(queued, { rejectedBy, pendingBy: new Set(), error: !rejected })
      const message = `0/1 nodes are available: 1 ${status.reasons.join(', ')}.`
      return { type: 'failed', pod, reason: rejected ? 'Unschedulable' : 'SchedulerError', message, decision }
    }
    this.queue.done(queued.key)
    return { type: 'bind', pod, node, queued, framework, state, decision }
  }

  /** Decides where a pod would go now, without placing it. */
  explain(pod: Pod): Decision | undefined {
    const framework = this.#frameworkFor(pod)
    if (framework === undefined) return undefined
    const start = this.#start
    const decision = this.#decide(framework, newInfo(pod), new CycleState())
    this.#start = start
    return decision
  }

  /** The API took the binding. */
  bound(step: Step & { readonly type: 'bind' }): void {
    step.framework.postBind(step.state, step.queued.info, step.node)
  }

  /** The API refused the binding, or a plugin did: the pod's place is free again and it is retried later. */
  bindFailed(step: Step & { readonly type: 'bind' }, rejectedBy: ReadonlySet<string> = new Set()): void {
    const { framework, state, queued, node, pod } = step
    framework.unreserve(state, queued.info, node)
    const assumed = this.cache.isAssumed(queued.info.uid)
    this.cache.forget(queued.info.uid)
    if (!assumed) return
    this.queue.observe({
      event: clusterEvent('Pod', 'Delete'),
      before: { ...pod, spec: { ...pod.spec, nodeName: node } },
      after: undefined,
    })
    this.queue.returnUnschedulable(queued, { rejectedBy, pendingBy: new Set(), error: rejectedBy.size === 0 })
  }

  /** How many pods wait where. */
  pendingCounts(): Readonly<Record<QueuePlace, number>> {
    return this.queue.counts()
  }

  #decide(framework: Framework, pod: PodInfo, state: CycleState): Decision {
    const nominatedNode = this.#nominator.nodeOf(pod.uid)
    const decision = schedulePod({
      framework,
      snapshot: this.cache.view(),
      pod,
      state,
      start: this.#start,
      percentageOfNodesToScore: this.#percentage,
      nominated: (node) => this.#nominator.podsOn(node),
      ...(nominatedNode !== undefined && { nominatedNode }),
    })
    this.#start = decision.start
    return decision
  }

  #failed(
    queued: QueuedPod,
    framework: Framework,
    state: CycleState,
    decision: Exclude<Decision, { result: 'scheduled' }>,
  ): Step {
    const { pod } = queued.info
    if (decision.result === 'error') {
      const noNodes = decision.message === 'no nodes available to schedule pods'
      this.queue.returnUnschedulable(queued, { rejectedBy: new Set(), pendingBy: new Set(), error: true })
      return {
        type: 'failed',
        pod,
        reason: noNodes ? 'Unschedulable' : 'SchedulerError',
        message: decision.message,
        decision,
      }
    }
    const { diagnosis } = decision
    const snapshot = this.cache.view()
    const after = framework.postFilter(state, queued.info, diagnosis.statuses, snapshot)
    const { rejectedBy, pendingBy } = diagnosis
    this.queue.returnUnschedulable(queued, { rejectedBy, pendingBy, error: false })
    const message = fitErrorMessage(
      snapshot.nodes.map((node) => node.name),
      diagnosis,
      after.message,
    )
    const nominated = after.nominatedNode === undefined ? {} : { nominatedNode: after.nominatedNode }
    return { type: 'failed', pod, reason: 'Unschedulable', message, decision, ...nominated }
  }

  #placed(before: Pod | undefined, after: Pod): void {
    const known = before?.spec?.nodeName ? before : undefined
    this.queue.delete(podKey(after))
    this.#nominator.remove(after.metadata.uid ?? '')
    this.cache.putPod(after)
    if (known === undefined) this.queue.observe({ event: clusterEvent('Pod', 'Add'), before: undefined, after })
    else for (const event of podEvents(known, after)) this.queue.observe({ event, before: known, after })
  }

  #waits(before: Pod | undefined, after: Pod): void {
    if (!this.serves(after) || this.cache.isAssumed(after.metadata.uid ?? '')) return
    const info = newInfo(after)
    this.#nominator.put(info)
    if (before === undefined || this.queue.place(info.key) === undefined) {
      this.queue.add(after)
      return
    }
    this.queue.update(
      after,
      podEvents(before, after).map((event) => ({ event, before, after })),
    )
  }

  #frameworkFor(pod: Pod): Framework | undefined {
    return this.#frameworks.get(pod.spec?.schedulerName || 'default-scheduler')
  }
}

function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}
