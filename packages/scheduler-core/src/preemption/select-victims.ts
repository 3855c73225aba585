import type { CycleState } from '../framework/cycle-state.ts'
import type { Handle } from '../framework/handle.ts'
import { type NodeInfo, withoutPod, withPod } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { type Status, unresolvable } from '../framework/status.ts'
import { type Budget, splitByBudgets } from './disruption-budgets.ts'
import { byImportance } from './importance.ts'

/** Who would have to go, most important first; or why that would not help. */
export type Selection =
  | { readonly victims: readonly PodInfo[]; readonly violations: number }
  | { readonly status: Status }

const nobodyToEvict = unresolvable('No preemption victims found for incoming pod')

/**
 * The fewest pods of lower priority that must leave a node so that the pod fits: all go, then the more important ones come back as long as
 * the pod still fits, those first whose eviction would break a budget. `state` is changed: pass a clone.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode
 */
export function selectVictims(
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
  budgets: readonly Budget[],
): Selection {
  const lower = node.pods.filter((other) => other.priority < pod.priority)
  if (lower.length === 0) return { status: nobodyToEvict }
  let left = node
  for (const other of lower) {
    left = withoutPod(left, other.uid)
    const failed = handle.removePod(state, pod, other, left)
    if (failed) return { status: failed }
  }
  const misfit = handle.filterWithNominatedPods(state, pod, left)
  if (misfit) return { status: misfit }

  const victims: PodInfo[] = []
  /** Puts a pod back; undefined when the new one still fits beside it. */
  const reprieve = (other: PodInfo): { readonly status?: Status } | undefined => {
    left = withPod(left, other)
    const added = handle.addPod(state, pod, other, left)
    if (added) return { status: added }
    if (handle.filterWithNominatedPods(state, pod, left) === undefined) return undefined
    left = withoutPod(left, other.uid)
    const removed = handle.removePod(state, pod, other, left)
    victims.push(other)
    return removed ? { status: removed } : {}
  }
  const { violating, others } = splitByBudgets(byImportance(lower), budgets)
  let violations = 0
  for (const other of violating) {
    const evicted = reprieve(other)
    if (evicted?.status) return { status: evicted.status }
    if (evicted) violations++
  }
  for (const other of others) {
    const evicted = reprieve(other)
    if (evicted?.status) return { status: evicted.status }
  }
  const mixed = violating.length > 0 && others.length > 0
  return { victims: mixed ? byImportance(victims) : victims, violations }
}
