import type { CycleState } from './framework/cycle-state.ts'
import type { Framework, PluginScores } from './framework/framework.ts'
import type { Snapshot } from './framework/interfaces.ts'
import { type NodeInfo, withPod } from './framework/node-info.ts'
import type { PodInfo } from './framework/pod-info.ts'
import { isRejected, type Outcome, type Status } from './framework/status.ts'

/** What one cycle is given. */
export interface CycleInput {
  readonly framework: Framework
  readonly snapshot: Snapshot
  readonly pod: PodInfo
  readonly state: CycleState
  /** Where in the node list the search begins, so that big clusters are used evenly. */
  readonly start: number
  /** 0 for the adaptive share, otherwise 1 to 100. */
  readonly percentageOfNodesToScore: number
  /** Pods that are promised to a node but not placed yet. */
  readonly nominated: (node: string) => readonly PodInfo[]
  /** The node this pod is promised to. */
  readonly nominatedNode?: string
}

/** Why no node would do. */
export interface Diagnosis {
  /** Every node that was refused, with the refusing plugin's answer. */
  readonly statuses: ReadonlyMap<string, Status>
  /** Set when a PreFilter refused the pod for all nodes. */
  readonly preFilterMessage?: string
  /** The reason of nodes that PreFilters left out. */
  readonly absentReason?: string
  readonly rejectedBy: ReadonlySet<string>
  readonly pendingBy: ReadonlySet<string>
}

/** What one cycle decides. `start` is where the next search begins. */
export type Decision =
  | {
      readonly result: 'scheduled'
      readonly node: string
      readonly feasible: readonly string[]
      readonly evaluated: number
      /** Absent when one node was feasible: nothing is scored then. */
      readonly totals?: ReadonlyMap<string, number>
      readonly pluginScores?: readonly PluginScores[]
      readonly start: number
    }
  | { readonly result: 'unschedulable'; readonly diagnosis: Diagnosis; readonly start: number }
  | { readonly result: 'error'; readonly message: string; readonly start: number }

/**
 * Finds the node for one pod: a pure function of the snapshot, the pod and the place to start.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go schedulePod
 */
export function schedulePod(input: CycleInput): Decision {
  const { framework, snapshot, pod, state, start } = input
  if (snapshot.nodes.length === 0) return { result: 'error', message: 'no nodes available to schedule pods', start }

  const before = framework.preFilter(state, pod, snapshot)
  if (before.status !== undefined) {
    if (!isRejected(before.status)) return { result: 'error', message: before.status.reasons.join(', '), start }
    const statuses = new Map(snapshot.nodes.map((node) => [node.name, before.status as Status]))
    const preFilterMessage = before.status.reasons.join(', ')
    const pendingBy: ReadonlySet<string> = new Set(before.status.code === 'Pending' ? before.rejectedBy : [])
    return {
      result: 'unschedulable',
      diagnosis: { statuses, preFilterMessage, rejectedBy: before.rejectedBy, pendingBy },
      start,
    }
  }

  const candidates = narrow(snapshot, before.nodeNames)
  const search = findFeasible(input, candidates)
  if ('error' in search) return { result: 'error', message: search.error, start }
  const { feasible, statuses, next } = search
  if (feasible.length === 0) {
    const rejectedBy = new Set([...statuses.values()].flatMap((status) => status.plugin ?? []))
    if (before.nodeNames !== undefined) for (const name of before.narrowedBy) rejectedBy.add(name)
    const absentReason = `node(s) didn't satisfy plugin(s) [${before.narrowedBy.join(' ')}]`
    const diagnosis = { statuses, rejectedBy, pendingBy: new Set<string>(), ...(before.nodeNames && { absentReason }) }
    return { result: 'unschedulable', diagnosis, start: next }
  }

  const names = feasible.map((node) => node.name)
  const evaluated = feasible.length + statuses.size
  const [only] = feasible
  if (feasible.length === 1 && only) {
    return { result: 'scheduled', node: only.name, feasible: names, evaluated, start: next }
  }
  const status = framework.preScore(state, pod, feasible)
  if (status !== undefined) return { result: 'error', message: status.reasons.join(', '), start: next }
  const scores = framework.score(state, pod, feasible)
  if ('code' in scores) return { result: 'error', message: scores.reasons.join(', '), start: next }
  const totals = new Map(
    names.map((name) => [
      name,
      scores.reduce((sum, plugin) => sum + (plugin.byNode.get(name) ?? 0), scores.length === 0 ? 1 : 0),
    ]),
  )
  return {
    result: 'scheduled',
    node: best(names, totals),
    feasible: names,
    evaluated,
    totals,
    pluginScores: scores,
    start: next,
  }
}

/** How many feasible nodes are enough. @see pkg/scheduler/schedule_one.go numFeasibleNodesToFind */
export function feasibleNodesToFind(nodes: number, percentage: number): number {
  const minimum = 100
  if (nodes < minimum) return nodes
  const share = percentage === 0 ? Math.max(5, 50 - Math.trunc(nodes / 125)) : percentage
  return Math.max(minimum, Math.trunc((nodes * share) / 100))
}

function narrow(snapshot: Snapshot, names: ReadonlySet<string> | undefined): readonly NodeInfo[] {
  if (names === undefined) return snapshot.nodes
  return [...names].flatMap((name) => snapshot.get(name) ?? [])
}

type Search =
  | { readonly feasible: readonly NodeInfo[]; readonly statuses: ReadonlyMap<string, Status>; readonly next: number }
  | { readonly error: string }

function findFeasible(input: CycleInput, candidates: readonly NodeInfo[]): Search {
  const { framework, snapshot, start, nominatedNode } = input
  const statuses = new Map<string, Status>()
  const promised = nominatedNode === undefined ? undefined : candidates.find((node) => node.name === nominatedNode)
  if (promised !== undefined) {
    const status = filterWithNominated(input, promised)
    if (status === undefined) return { feasible: [promised], statuses, next: start }
    if (!isRejected(status)) return { error: status.reasons.join(', ') }
    statuses.set(promised.name, status)
  }
  const wanted = framework.hasScorers ? feasibleNodesToFind(candidates.length, input.percentageOfNodesToScore) : 1
  const feasible: NodeInfo[] = []
  for (let index = 0; index < candidates.length && feasible.length < wanted; index++) {
    const node = candidates[(start + index) % candidates.length]
    if (node === undefined) continue
    const status = filterWithNominated(input, node)
    if (status === undefined) feasible.push(node)
    else if (isRejected(status)) statuses.set(node.name, status)
    else return { error: status.reasons.join(', ') }
  }
  const next = (start + feasible.length + statuses.size) % snapshot.nodes.length
  return { feasible, statuses, next }
}

/** A node must do with the pods promised to it, and without them: they may still go elsewhere. */
function filterWithNominated({ framework, state, pod, nominated }: CycleInput, node: NodeInfo): Outcome {
  const others = nominated(node.name).filter((other) => other.uid !== pod.uid && other.priority >= pod.priority)
  if (others.length > 0) {
    const status = framework.filter(state, pod, others.reduce(withPod, node))
    if (status !== undefined) return status
  }
  return framework.filter(state, pod, node)
}

/** The root of a max-heap over the list: of equal totals the one that heapifying leaves on top. */
function best(names: readonly string[], totals: ReadonlyMap<string, number>): string {
  const heap = names.map((name) => ({ name, total: totals.get(name) ?? 0 }))
  const before = (left: number, right: number) => (heap[left]?.total ?? 0) > (heap[right]?.total ?? 0)
  for (let root = (heap.length >> 1) - 1; root >= 0; root--) {
    for (let index = root; ; ) {
      const left = 2 * index + 1
      if (left >= heap.length) break
      const child = left + 1 < heap.length && before(left + 1, left) ? left + 1 : left
      if (!before(child, index)) break
      const [one, other] = [heap[child], heap[index]]
      if (one && other) [heap[child], heap[index]] = [other, one]
      index = child
    }
  }
  return heap[0]?.name ?? ''
}
