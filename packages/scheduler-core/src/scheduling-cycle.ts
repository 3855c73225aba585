import { type BatchHint, OpportunisticBatch } from './batching/opportunistic-batch.ts'
import type { SchedulerCache } from './cache/scheduler-cache.ts'
import { fitErrorMessage } from './fit-error.ts'
import { CycleState } from './framework/cycle-state.ts'
import { type Framework, message } from './framework/framework.ts'
import { NodeStatuses } from './framework/node-statuses.ts'
import { newPodInfo, type PodInfo } from './framework/pod-info.ts'
import { failure, isRejected, type Status } from './framework/status.ts'
import type { WaitingPods } from './framework/waiting-pods.ts'
import type { SchedulerMetrics } from './metrics.ts'
import type { Nominator } from './nominator.ts'
import { isDeleting } from './pod-state.ts'
import type { OngoingPreemptions } from './preemption/ongoing-preemptions.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import type { SchedulingQueue } from './queue/scheduling-queue.ts'
import { upstreamTieBreak } from './ranking.ts'
import { type Decision, type Diagnosis, schedulePod } from './schedule-pod.ts'
import type { FailedStep, SchedulerOptions, Step } from './steps.ts'

/** What a cycle works on. */
export interface CycleParts {
  readonly options: SchedulerOptions
  readonly percentageOfNodesToScore: number
  readonly cache: SchedulerCache
  readonly queue: SchedulingQueue
  readonly metrics: SchedulerMetrics
  readonly nominator: Nominator
  readonly waiting: WaitingPods
  readonly preempting: OngoingPreemptions
  /** Pods without a node as the API showed them last, by `namespace/name`. */
  readonly pending: ReadonlyMap<string, PodInfo['pod']>
  readonly frameworks: Iterable<Framework>
}

const nobody: ReadonlySet<string> = new Set()

/**
 * The way of one pod from the queue to a node or back.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go schedulingCycle
 */
export class SchedulingCycle {
  readonly #parts: CycleParts
  /** Empty without OpportunisticBatching. */
  readonly #batches: ReadonlyMap<Framework, OpportunisticBatch>
  #start = 0

  constructor(parts: CycleParts) {
    this.#parts = parts
    const { options, metrics, frameworks } = parts
    const batching = options.gates.enabled('OpportunisticBatching')
    this.#batches = new Map(
      [...(batching ? frameworks : [])].map((framework) => [
        framework,
        new OpportunisticBatch(framework, metrics, options.now),
      ]),
    )
  }

  /** Decides as if it were the pod's turn, and leaves no trace. */
  explain(framework: Framework, pod: PodInfo): Decision {
    const start = this.#start
    const decision = this.decide(framework, pod, new CycleState())
    this.#start = start
    return decision
  }

  /** What the pod's filtering and scoring depend on; undefined when it cannot be told. */
  signatureOf(framework: Framework, pod: PodInfo): string | undefined {
    return this.#batches.get(framework)?.sign(pod)
  }

  /** Finds a node for a pod and takes it, or says why not and puts the pod back. */
  run(queued: QueuedPod, framework: Framework): Step {
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
      this.#parts.cache.assume(pod, node)
    } catch (error) {
      return this.refused(queued, framework, node, failure(error), {}, decision)
    }
    this.#parts.nominator.remove(uid)
    const reserve = framework.reserve(state, queued.info, node)
    const permit = reserve === undefined ? framework.permit(state, queued.info, node) : undefined
    const status = reserve ?? permit
    if (status === undefined || status.code === 'Wait') {
      return { type: 'bind', pod, node, queued, framework, state, decision, ...(permit && { permit }) }
    }
    framework.unreserve(state, queued.info, node)
    this.#parts.cache.forget(uid)
    return this.refused(queued, framework, node, status, reserve ? { reserve } : { permit: status }, decision)
  }

  /** Decides with the help of what the pod before was told, and remembers what may help the next one. */
  #decideInTurn(framework: Framework, pod: PodInfo, state: CycleState): Decision {
    const batch = this.#batches.get(framework)
    if (batch === undefined) return this.decide(framework, pod, state)
    const { cycle } = this.#parts.queue
    let hint: BatchHint = { node: undefined, signature: undefined }
    const decision = this.decide(framework, pod, state, () => {
      hint = batch.hint(pod, state, this.#parts.cache.view(), cycle)
      return hint.node
    })
    if (decision.result === 'scheduled') batch.store(hint, decision.node, decision.others, cycle)
    return decision
  }

  /** Decides without consequences, but for where the next search begins. */
  decide(framework: Framework, pod: PodInfo, state: CycleState, hint?: () => string | undefined): Decision {
    const decision = schedulePod({
      framework,
      snapshot: this.#parts.cache.view(),
      pod,
      state,
      ...(hint && { hint }),
      start: this.#start,
      percentageOfNodesToScore: this.#parts.percentageOfNodesToScore,
      tieBreak: this.#parts.options.tieBreak ?? upstreamTieBreak,
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
    const after = framework.postFilter(state, queued.info, diagnosis.statuses, this.#parts.cache.view())
    const victims = (after.preemption?.chosen?.victims ?? []).filter((info) => !isDeleting(info.pod))
    const turnedAway = victims.filter((info) => this.#parts.waiting.get(info.uid) !== undefined)
    const evict = victims.filter((info) => !turnedAway.includes(info))
    if (evict.length > 0 && this.#parts.options.gates.enabled('SchedulerAsyncPreemption')) {
      this.#parts.preempting.start(queued.info.uid)
    }
    const step = this.#requeue(queued, framework, {
      ...common,
      ...(victims.length > 0 && { evict, turnedAway }),
      message: fitErrorMessage(diagnosis, after.status === undefined ? '' : message(after.status)),
      ...(after.status && { postFilter: after.status }),
      ...(after.preemption && { preemption: after.preemption }),
      ...(after.nominatedNode !== undefined && { nominatedNode: after.nominatedNode }),
    })
    for (const { uid } of turnedAway) this.#parts.waiting.get(uid)?.reject('DefaultPreemption', 'preempted')
    return step
  }

  /** Puts a pod back after Reserve, Permit or the binding cycle said no, and says what to tell its users. */
  refused(
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
    const latest = this.#parts.pending.get(queued.key)
    if (latest === undefined || latest.metadata.uid !== queued.info.pod.metadata.uid) {
      this.#parts.queue.done(queued.info.uid)
    } else {
      const info = latest === queued.info.pod ? queued.info : newPodInfo(latest)
      this.#parts.queue.returnUnschedulable(queued, { rejectedBy, pendingBy }, info)
      this.#parts.nominator.add(info, outcome.nominatedNode)
    }
    const result = outcome.reason === 'Unschedulable' ? 'unschedulable' : 'error'
    this.#parts.metrics.count('schedule_attempts_total', { result, profile: framework.profileName })
    const { pod } = queued.info
    return { type: 'failed', pod, profile: framework.profileName, ...outcome, rejectedBy }
  }
}
