import type { PersistentVolume, PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { PodGroups } from '../gangs/pod-groups.ts'
import type { SchedulerMetrics } from '../metrics.ts'
import type { CycleState } from './cycle-state.ts'
import type { Plugin, Snapshot } from './interfaces.ts'
import type { NodeInfo } from './node-info.ts'
import type { Listers } from './objects.ts'
import type { PodInfo } from './pod-info.ts'
import type { Outcome } from './status.ts'

/** Which pods are promised to which node. */
export interface Nominations {
  /** The pods promised to a node, in no particular order. */
  podsOn(node: string): readonly PodInfo[]
  /** The node that the pod of that uid is promised to. */
  nodeOf(uid: string): string | undefined
}

/** A pod that has its node and waits at Permit. */
export interface WaitingPod {
  readonly pod: PodInfo
  readonly node: string
  /** The plugins that still ask to wait, sorted. */
  pendingPlugins(): readonly string[]
  /** One plugin lets go; the pod goes on when all have. */
  allow(plugin: string): void
  reject(plugin: string, message: string): void
}

/** The writes of binding, for plugins. Each rejects with what the API answered. */
export interface SchedulerApi {
  bindPod(pod: Pod, node: string): Promise<void>
  updatePersistentVolume(volume: PersistentVolume): Promise<PersistentVolume>
  updatePersistentVolumeClaim(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim>
  /** Resolves after so many milliseconds. Absent: plugins do not wait for what others have to do. */
  sleep?(milliseconds: number): Promise<void>
}

/** What a plugin may ask the scheduler for. What the methods return holds for the moment of the call. */
export interface Handle {
  readonly profileName: string
  readonly gates: FeatureGates
  /** Milliseconds. */
  readonly now: () => number
  /** An integer from 0 to `below` - 1. */
  readonly random: (below: number) => number
  readonly listers: Listers
  /** The nodes as they stand in this cycle. */
  snapshot(): Snapshot
  readonly nominations: Nominations
  /** Tries these pods next, whatever their back-off; those that are not queued are left alone. */
  activate(pods: Iterable<Pod>): void
  /** The pods that wait at Permit, in the order in which they came. */
  waitingPods(): Iterable<WaitingPod>
  waitingPod(uid: string): WaitingPod | undefined
  /** The gangs, kept from pod events. */
  readonly podGroups: PodGroups
  /** All filters, with and without the pods that are promised to the node. Undefined when it fits. */
  filterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome
  /** Tells the PreFilter plugins in use of a pod that is added to a what-if; `node` holds it already. */
  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Outcome
  /** Tells the PreFilter plugins in use of a pod that is taken out of a what-if; `node` no longer holds it. */
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Outcome
  readonly metrics: SchedulerMetrics
  /** Uids of the pods whose victims are still being evicted. */
  readonly preempting: { has(uid: string): boolean }
  /** Preemption looks at every candidate and takes the smallest name of the equally good ones. */
  readonly exhaustivePreemption: boolean
  /** Undefined where nothing is written, as when explaining. */
  readonly api: SchedulerApi | undefined
}

/** Makes a plugin for one profile. `args` are complete: defaults are filled in and validated. */
export type PluginFactory<Args = unknown> = (args: Args, handle: Handle) => Plugin
