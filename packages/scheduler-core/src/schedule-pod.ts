import type { CycleState } from './framework/cycle-state.ts'
import { type Framework, message, type PluginScores } from './framework/framework.ts'
import type { Snapshot } from './framework/interfaces.ts'
import type { NodeInfo } from './framework/node-info.ts'
import { NodeStatuses } from './framework/node-statuses.ts'
import type { PodInfo } from './framework/pod-info.ts'
import { isRejected, type Status, unresolvable } from './framework/status.ts'
import { NodeRanking, type TieBreak } from './ranking.ts'

/** What one cycle is given. */
export interface CycleInput {
  readonly framework: Framework
  readonly snapshot: Snapshot
  readonly pod: PodInfo
  readonly state: CycleState
  /** Where in the node list the search begins, so that big clusters are used evenly. */
  readonly start: number
  /** 0 for the adaptive share, otherwise 1 to 100. The profile's own goes before it. */
  readonly percentageOfNodesToScore: number
  readonly tieBreak: TieBreak
  /** A node to try first: asked after the PreFilters, and used unless the pod is promised to another. */
  readonly hint?: () => string | undefined
}

/** Why no node would do. */
export interface Diagnosis {
  readonly nodeCount: number
  readonly statuses: NodeStatuses
  /** Set when a PreFilter refused the pod for all nodes. */
  readonly preFilterMessage?: string
  readonly rejectedBy: ReadonlySet<string>
  readonly pendingBy: ReadonlySet<string>
}

/** What was found on the way to a decision. */
export interface CycleTrace {
  /** A rejection in PreFilter. */
  readonly preFilter?: Status
  /** What PreFilters narrowed the nodes down to. */
  readonly preFilterNodes?: readonly string[]
  /** Plugins that had nothing to filter. */
  readonly skippedFilter: readonly string[]
  /** The nodes that passed, in the order in which they were found; only the promised or hinted node if that one passed. */
  readonly feasible: readonly string[]
  /** A node that would do as well, found when there were enough already: it ended the search. */
  readonly surplus?: readonly string[]
  /** The nodes that were refused, with the refusing plugin's answer. */
  readonly filterFailures: ReadonlyMap<string, Status>
  readonly nodeHint?: string
  /** Absent like all of the following when at most one node was feasible: nothing is scored then. */
  readonly skippedScore?: readonly string[]
  /** `pluginScores[].scores` and `totals` go with `feasible`. */
  readonly pluginScores?: readonly PluginScores[]
  readonly totals?: readonly number[]
}

/** What one cycle decides. `start` is where the next search begins. */
export type Decision = CycleTrace & { readonly start: number } & (
    | {
        readonly result: 'scheduled'
        readonly node: string
        readonly evaluated: number
        /** The nodes that were not chosen, best first to be asked for. */
        readonly others?: NodeRanking
      }
    | { readonly result: 'unschedulable'; readonly diagnosis: Diagnosis }
    | { readonly result: 'error'; readonly message: string; readonly noNodes?: true }
  )

/**
 * Finds the node for one pod: a pure function of the snapshot, the pod and the place to start.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go schedulePod
 */
export function schedulePod(input: CycleInput): Decision {
  const { framework, snapshot, pod, state, start } = input
  const filterFailures = new Map<string, Status>()
  const untried = { skippedFilter: [], feasible: [], filterFailures, start } as const
  if (snapshot.nodes.length === 0) {
    return { ...untried, result: 'error', message: 'no nodes available to schedule pods', noNodes: true }
  }

  const before = framework.preFilter(state, pod, snapshot)
  const nodeNames = before.nodeNames
  const trace = {
    ...untried,
    skippedFilter: [...state.skipFilter],
    ...(nodeNames && { preFilterNodes: [...nodeNames] }),
  }
  const rejectedBy = new Set(before.narrowedBy)
  const nodeCount = snapshot.nodes.length
  if (before.status !== undefined) {
    const { status } = before
    if (!isRejected(status)) return { ...trace, preFilter: status, result: 'error', message: message(status) }
    if (status.plugin !== undefined) rejectedBy.add(status.plugin)
    const diagnosis: Diagnosis = {
      nodeCount,
      statuses: new NodeStatuses(new Map(), status),
      preFilterMessage: message(status),
      rejectedBy,
      pendingBy: new Set(),
    }
    return { ...trace, preFilter: status, result: 'unschedulable', diagnosis }
  }

  const nodeHint = input.hint?.()
  const hinted = nodeHint === undefined ? {} : { nodeHint }
  const search = findFeasible(input, nodeNames, nodeHint, filterFailures, rejectedBy)
  if ('error' in search) {
    return { ...trace, ...hinted, start: search.next, result: 'error', message: search.error }
  }
  const { feasible, surplus, next } = search
  const names = feasible.map((node) => node.name)
  const found = { ...trace, ...hinted, feasible: names, ...(surplus.length > 0 && { surplus }), start: next }
  const evaluated = feasible.length + filterFailures.size
  const [only] = names
  if (only === undefined) {
    const pendingBy = new Set<string>()
    for (const { code, plugin } of filterFailures.values()) if (code === 'Pending' && plugin) pendingBy.add(plugin)
    const statuses = new NodeStatuses(filterFailures, search.absent)
    return { ...found, result: 'unschedulable', diagnosis: { nodeCount, statuses, rejectedBy, pendingBy } }
  }
  if (names.length === 1) return { ...found, result: 'scheduled', node: only, evaluated }

  if (framework.plugins.score.length === 0) {
    const totals = names.map(() => 1)
    const others = new NodeRanking(names, totals, input.tieBreak)
    return { ...found, result: 'scheduled', node: others.pop() ?? only, evaluated, totals, others }
  }
  const status = framework.preScore(state, pod, feasible)
  if (status !== undefined) return { ...found, result: 'error', message: message(status) }
  const pluginScores = framework.score(state, pod, feasible)
  if ('code' in pluginScores) return { ...found, result: 'error', message: message(pluginScores) }
  const totals = new Array<number>(names.length).fill(0)
  for (const { scores } of pluginScores) {
    for (let index = 0; index < totals.length; index++) totals[index] = (totals[index] ?? 0) + (scores[index] ?? 0)
  }
  const others = new NodeRanking(names, totals, input.tieBreak)
  return {
    ...found,
    result: 'scheduled',
    node: others.pop() ?? only,
    evaluated,
    skippedScore: [...state.skipScore],
    pluginScores,
    totals,
    others,
  }
}

/** How many feasible nodes are enough. @see pkg/scheduler/schedule_one.go numFeasibleNodesToFind */
export function feasibleNodesToFind(nodes: number, percentage: number): number {
  const minimum = 100
  if (nodes < minimum) return nodes
  const share = percentage === 0 ? Math.max(5, 50 - Math.trunc(nodes / 125)) : percentage
  return Math.max(minimum, Math.trunc((nodes * share) / 100))
}

type Search =
  | {
      readonly feasible: readonly NodeInfo[]
      readonly surplus: readonly string[]
      readonly absent: Status
      readonly next: number
    }
  | { readonly error: string; readonly next: number }

function findFeasible(
  input: CycleInput,
  nodeNames: ReadonlySet<string> | undefined,
  hint: string | undefined,
  failures: Map<string, Status>,
  rejectedBy: Set<string>,
): Search {
  const { framework, snapshot, state, pod, start } = input
  let absent = unresolvable()
  const refuse = (node: NodeInfo, status: Status) => {
    failures.set(node.name, status)
    if (status.plugin !== undefined) rejectedBy.add(status.plugin)
  }
  const promised = snapshot.get(pod.pod.status?.nominatedNodeName || hint || '')
  if (promised !== undefined) {
    const status = framework.filterWithNominatedPods(state, pod, promised)
    if (status === undefined) return { feasible: [promised], surplus: [], absent, next: start }
    // An error here is only logged: the full search will meet it again.
    if (isRejected(status)) refuse(promised, status)
  }
  let candidates = snapshot.nodes
  if (nodeNames !== undefined) {
    candidates = [...nodeNames].flatMap((name) => snapshot.get(name) ?? [])
    absent = unresolvable(`node(s) didn't satisfy plugin(s) [${[...rejectedBy].sort().join(' ')}]`)
  }
  const percentage = framework.percentageOfNodesToScore ?? input.percentageOfNodesToScore
  const wanted = framework.plugins.score.length > 0 ? feasibleNodesToFind(candidates.length, percentage) : 1
  const feasible: NodeInfo[] = []
  const surplus: string[] = []
  let error: string | undefined
  // As upstream, the search ends with the first node too many: those that are refused before it count for where the next one starts.
  for (let index = 0; index < candidates.length && surplus.length === 0; index++) {
    const node = candidates[(start + index) % candidates.length]
    if (node === undefined) continue
    const status = framework.filterWithNominatedPods(state, pod, node)
    if (status === undefined && feasible.length < wanted) feasible.push(node)
    else if (status === undefined) surplus.push(node.name)
    else if (isRejected(status)) refuse(node, status)
    else {
      error = message(status)
      break
    }
  }
  const next = (start + feasible.length + failures.size) % snapshot.nodes.length
  return error === undefined ? { feasible, surplus, absent, next } : { error, next }
}
