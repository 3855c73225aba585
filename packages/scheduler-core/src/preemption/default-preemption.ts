import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { DefaultPreemptionArgs } from '../config/plugin-args.ts'
import { fitErrorMessage } from '../fit-error.ts'
import type { CycleState } from '../framework/cycle-state.ts'
import { message } from '../framework/framework.ts'
import type { Handle, PluginFactory } from '../framework/handle.ts'
import type { PostFilterResult, PreemptionCandidate, Snapshot } from '../framework/interfaces.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { NodeStatuses } from '../framework/node-statuses.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { failure, type Status, unresolvable, unschedulable } from '../framework/status.ts'
import { bestCandidates } from './choose-candidate.ts'
import { type Budget, readBudgets } from './disruption-budgets.ts'
import { selectVictims } from './select-victims.ts'

const notHelpful = unresolvable('Preemption is not helpful for scheduling')
const held = unresolvable('waiting for the preemption for this pod to be finished')

/**
 * Makes room for a pod that fits nowhere by evicting pods of lower priority. Decides only: whoever carries the step out evicts.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/preemption/preemption.go
 */
export const defaultPreemption: PluginFactory<DefaultPreemptionArgs> = (args, handle) => {
  const asynchronous = handle.gates.enabled('SchedulerAsyncPreemption')
  return {
    name: 'DefaultPreemption',
    // A victim's end wakes the pod through the plugins that rejected it, not through this one.
    eventsToRegister: () => (asynchronous ? [{ resource: 'Pod', actions: ['Delete'], hint: () => 'Skip' }] : []),
    preEnqueue: ({ metadata }: Pod) => (asynchronous && handle.preempting.has(metadata.uid ?? '') ? held : undefined),
    postFilter(state, pod, statuses, snapshot) {
      const result = preempt(args, handle, state, pod, statuses, snapshot)
      handle.metrics.count('preemption_attempts_total')
      const { status } = result
      if (status === undefined || message(status) === '') return result
      return { ...result, status: { code: status.code, reasons: [`preemption: ${message(status)}`] } }
    },
  }
}

function preempt(
  args: DefaultPreemptionArgs,
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  statuses: NodeStatuses,
  snapshot: Snapshot,
): PostFilterResult {
  const ineligible = whyIneligible(pod, statuses, snapshot)
  if (ineligible !== undefined) return { status: unschedulable(ineligible) }

  const potential = snapshot.nodes.filter((node) => statuses.get(node.name).code === 'Unschedulable')
  const run = dryRun(args, handle, state, pod, potential)
  const trace = { candidates: run.tried, dryRunFailures: run.failures, bestCandidates: [], losesNomination: [] }
  if (run.candidates.length === 0) {
    if (run.error !== undefined) return { status: failure(run.error), preemption: trace }
    const why = fitErrorMessage({
      nodeCount: snapshot.nodes.length,
      statuses: new NodeStatuses(run.failures, notHelpful),
      rejectedBy: new Set(),
      pendingBy: new Set(),
    })
    return { status: unschedulable(why), nominatedNode: '', preemption: trace }
  }
  const best = bestCandidates(run.candidates)
  const [chosen] = handle.exhaustivePreemption ? [...best].sort(byName) : best
  if (chosen === undefined) return { status: unschedulable('no candidate node for preemption'), preemption: trace }
  const preemption = {
    ...trace,
    bestCandidates: run.candidates.length === 1 ? [] : best.map(({ node }) => node).sort(),
    chosen,
    losesNomination: handle.nominations.podsOn(chosen.node).filter((other) => other.priority < pod.priority),
  }
  handle.metrics.count('preemption_victims_count')
  handle.metrics.count('preemption_victims_sum', {}, chosen.victims.length)
  return { status: undefined, nominatedNode: chosen.node, preemption }
}

/** Why the pod may not evict anybody. */
function whyIneligible({ pod, priority }: PodInfo, statuses: NodeStatuses, snapshot: Snapshot): string | undefined {
  if (pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const promised = pod.status?.nominatedNodeName
  if (!promised || statuses.get(promised).code === 'UnschedulableAndUnresolvable') return undefined
  const leaving = snapshot
    .get(promised)
    ?.pods.some((other) => other.priority < priority && isTerminatingByPreemption(other.pod))
  return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

function isTerminatingByPreemption({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp === undefined) return false
  const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler'
}

interface DryRun {
  /** Those that break no budget first. */
  readonly candidates: readonly PreemptionCandidate[]
  /** Every node on which the pod could be made to fit, in the order of trying. */
  readonly tried: readonly PreemptionCandidate[]
  readonly failures: ReadonlyMap<string, Status>
  readonly error?: string
}

/** Tries nodes from a random place on until there are enough candidates, of which one breaks no budget. */
function dryRun(
  args: DefaultPreemptionArgs,
  handle: Handle,
  state: CycleState,
  pod: PodInfo,
  potential: readonly NodeInfo[],
): DryRun {
  const enough = handle.exhaustivePreemption ? potential.length : candidateCount(args, potential.length)
  const offset = handle.exhaustivePreemption || potential.length === 0 ? 0 : handle.random(potential.length)
  const budgets: readonly Budget[] =
    potential.length === 0 ? [] : readBudgets(handle.listers.podDisruptionBudgets.values())
  const tried: PreemptionCandidate[] = []
  const sparing: PreemptionCandidate[] = []
  const violating: PreemptionCandidate[] = []
  const failures = new Map<string, Status>()
  const errors: string[] = []
  for (let index = 0; index < potential.length; index++) {
    const node = potential[(offset + index) % potential.length]
    if (node === undefined) continue
    const selection = selectVictims(handle, state.clone(), pod, node, budgets)
    if ('status' in selection) {
      failures.set(node.name, selection.status)
      if (selection.status.code === 'Error') errors.push(message(selection.status))
      continue
    }
    const candidate = { node: node.name, victims: selection.victims, pdbViolations: selection.violations }
    tried.push(candidate)
    if (candidate.victims.length === 0) {
      const why = failure(`expected at least one victim pod on node "${node.name}"`)
      failures.set(node.name, why)
      errors.push(message(why))
      continue
    }
    const list = candidate.pdbViolations === 0 ? sparing : violating
    if (list.length < enough) list.push(candidate)
    if (sparing.length > 0 && sparing.length + violating.length >= enough) break
  }
  const distinct = [...new Set(errors)]
  const error = distinct.length > 1 ? `[${distinct.join(', ')}]` : distinct[0]
  return { candidates: [...sparing, ...violating], tried, failures, ...(error !== undefined && { error }) }
}

function candidateCount(args: DefaultPreemptionArgs, nodes: number): number {
  const share = Math.trunc((nodes * args.minCandidateNodesPercentage) / 100)
  return Math.min(nodes, Math.max(share, args.minCandidateNodesAbsolute))
}

function byName(left: PreemptionCandidate, right: PreemptionCandidate): number {
  return left.node < right.node ? -1 : left.node > right.node ? 1 : 0
}
