import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { CycleState } from './cycle-state.ts'
import type { EventRegistration } from './events.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Outcome, Status } from './status.ts'

/** The cluster during one cycle: it does not change under a plugin's hands. */
export interface Snapshot {
  /** Every node, in the order in which they are tried: zones in turn. */
  readonly nodes: readonly NodeInfo[]
  get(name: string): NodeInfo | undefined
}

/** A PreFilter's answer: a status, and perhaps the only nodes that can serve. */
export interface PreFilterResult {
  readonly status?: Status
  readonly nodeNames?: ReadonlySet<string>
}

/** Why nodes were refused, for PostFilter. */
export type NodeStatuses = ReadonlyMap<string, Status>

/** A node's score by one plugin. */
export interface NodeScore {
  readonly name: string
  readonly score: number
}

/** PostFilter's answer: a status, and perhaps the node that was made free. */
export interface PostFilterResult {
  readonly status: Status | undefined
  readonly nominatedNode?: string
}

/**
 * A scheduler plugin: any subset of the extension points, called in upstream's order. All but the binding points are
 * synchronous and pure but for the cycle state; a plugin that throws fails the cycle of that pod only.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
 */
export interface Plugin {
  readonly name: string
  /** Which changes of the cluster could make a pod schedulable that this plugin rejected. Absent: all. */
  eventsToRegister?(): readonly EventRegistration[]
  /** May the pod enter the active queue at all? */
  preEnqueue?(pod: Pod): Outcome
  /** Which of two pods goes first: negative for the left one. */
  queueSort?(left: QueueOrder, right: QueueOrder): number
  preFilter?(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult | undefined
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome
  /** Only when no node passed. */
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses, snapshot: Snapshot): PostFilterResult
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Outcome
  /** From 0 to 100 after `normalizeScore`; the higher the better. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number
  normalizeScore?(state: CycleState, pod: PodInfo, scores: readonly NodeScore[]): readonly NodeScore[]
  reserve?(state: CycleState, pod: PodInfo, node: string): Outcome
  /** Takes back what reserve did; also called for plugins whose own reserve failed. Must not throw. */
  unreserve?(state: CycleState, pod: PodInfo, node: string): void
  /** `Wait` holds the pod back for at most `timeout` milliseconds. */
  permit?(state: CycleState, pod: PodInfo, node: string): { readonly status: Outcome; readonly timeout?: number }
  preBind?(state: CycleState, pod: PodInfo, node: string): Promise<Outcome>
  /** Skip leaves it to the next one. */
  bind?(state: CycleState, pod: PodInfo, node: string): Promise<Outcome>
  postBind?(state: CycleState, pod: PodInfo, node: string): void
  /** What of the pod this plugin's answers depend on; undefined when it cannot be said (no batching then). */
  sign?(pod: Pod): string | undefined
}

/** What decides the order in the active queue. */
export interface QueueOrder {
  readonly info: PodInfo
  /** When it entered the queue, in milliseconds. */
  readonly timestamp: number
}
