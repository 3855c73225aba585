import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { SchedulerConfiguration } from './config/types.ts'
import type { CycleState } from './framework/cycle-state.ts'
import type { Framework } from './framework/framework.ts'
import type { PluginFactory, SchedulerApi } from './framework/handle.ts'
import type { PreemptionTrace } from './framework/interfaces.ts'
import type { PodInfo } from './framework/pod-info.ts'
import type { Status } from './framework/status.ts'
import type { BackoffOptions } from './queue/backoff.ts'
import type { QueuedPod } from './queue/queued-pod.ts'
import type { TieBreak } from './ranking.ts'
import type { Decision, Diagnosis } from './schedule-pod.ts'

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
