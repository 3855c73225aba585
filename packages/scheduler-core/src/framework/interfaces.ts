import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { CycleState } from './cycle-state.ts'
import type { EventRegistration } from './events.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeStatuses } from './node-statuses.ts'
import type { PodInfo } from './pod-info.ts'
import type { Outcome, Status } from './status.ts'

/** The cluster during one cycle: it does not change under a plugin's hands. */
export interface Snapshot {
  /** Every node, in the order in which they are tried: zones in turn. */
  readonly nodes: readonly NodeInfo[]
  /** Rises with every change of a node or of the pods on one. */
  readonly version: number
  get(name: string): NodeInfo | undefined
  /**
   * Names of the nodes that may differ from what they were at an earlier version, removed ones included; undefined when that is too long
   * ago to say. Lets a plugin keep an index over all nodes at the cost of the changes.
   */
  changedSince(version: number): readonly string[] | undefined
}

/** A PreFilter's answer: a status, and perhaps the only nodes that can serve. */
export interface PreFilterResult {
  readonly status?: Status
  readonly nodeNames?: ReadonlySet<string>
}

/** How a PreFilter plugin takes notice of pods that come and go while a what-if is tried. */
export interface PreFilterExtensions {
  /** `added` counts as running on `node`, which holds it already. Changes the state only. */
  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Outcome
  /** `removed` counts as gone from `node`, which no longer holds it. Changes the state only. */
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Outcome
}

/** What a preemption would do on one node. */
export interface PreemptionCandidate {
  readonly node: string
  /** In the order in which they would be evicted. */
  readonly victims: readonly PodInfo[]
  readonly pdbViolations: number
}

/** How a preemption came to its choice, for whoever explains it. */
export interface PreemptionTrace {
  readonly candidates: readonly PreemptionCandidate[]
  /** Names of the candidates that nothing but their place in the list tells apart. */
  readonly bestCandidates: readonly string[]
  /** Nodes on which removing pods would not help. */
  readonly dryRunFailures: ReadonlyMap<string, Status>
  readonly chosen?: PreemptionCandidate
  /** Pods of lower priority that lose their nomination to the chosen node. */
  readonly losesNomination: readonly PodInfo[]
}

/** PostFilter's answer: a status, and perhaps what it did about the nomination. */
export interface PostFilterResult {
  readonly status: Outcome
  /** The node that was made free; the empty string takes an earlier nomination back. Absent: nothing changes. */
  readonly nominatedNode?: string
  readonly preemption?: PreemptionTrace
}

/** Permit's answer; `timeout` in milliseconds goes with Wait. */
export interface PermitResult {
  readonly status: Outcome
  readonly timeout?: number
}

/** What of a pod a plugin's answers depend on: values by well-known names, or a status that says why that cannot be told. */
export type SignResult = ReadonlyMap<string, unknown> | Status

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
  /** Skip leaves out this plugin's `filter` and `preFilterExtensions` for the cycle. */
  preFilter?(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult | undefined
  readonly preFilterExtensions?: PreFilterExtensions
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome
  /** Only when no node passed. */
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses, snapshot: Snapshot): PostFilterResult
  /** Skip leaves out this plugin's `score` for the cycle. `nodes` are those that passed. */
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Outcome
  /** An integer; from 0 to 100 after `normalizeScore`, the higher the better. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number
  /** Changes `scores` in place: `scores[i]` is what `score` said of `nodes[i]`. */
  normalizeScore?(state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): Outcome
  reserve?(state: CycleState, pod: PodInfo, node: string): Outcome
  /** Takes back what reserve did; also called for plugins whose reserve failed or was never asked. */
  unreserve?(state: CycleState, pod: PodInfo, node: string): void
  /** `Wait` holds the pod back until it is allowed or rejected, or time is up: 15 minutes at most. */
  permit?(state: CycleState, pod: PodInfo, node: string): PermitResult
  /** Says before the binding cycle whether `preBind` will have work: Success, or Skip. Absent: Success where there is a `preBind`. */
  preBindPreFlight?(state: CycleState, pod: PodInfo, node: string): Outcome
  preBind?(state: CycleState, pod: PodInfo, node: string): Promise<Outcome>
  /** Skip leaves it to the next one. */
  bind?(state: CycleState, pod: PodInfo, node: string): Promise<Outcome>
  postBind?(state: CycleState, pod: PodInfo, node: string): void
  /** Absent for a plugin that filters or scores: no pod of the profile can be signed then. */
  sign?(pod: PodInfo): SignResult
}

/** What decides the order in the active queue. */
export interface QueueOrder {
  readonly info: PodInfo
  /** When it entered the queue, in milliseconds. */
  readonly timestamp: number
}
