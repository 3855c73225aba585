import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { podKey } from '../framework/pod-info.ts'
import { volumePlanKey } from '../plugins/volumes/volume-binding.ts'
import type { CycleTrace } from '../schedule-pod.ts'
import type { BindStep, FailedStep, Step } from '../scheduler.ts'
import type { CandidateReport, PodDecision } from './decisions.ts'
import { reportOf, reportsOf, sortedNames, sortedRecord } from './status-report.ts'

/** The attempt that a step is, with fields in the order in which they are shown. */
export function decisionOf(step: Step, attempt: number): PodDecision {
  const begun = { ...headOf(step.pod, attempt) }
  if (step.type === 'skipped') return { ...begun, result: 'skipped', node: null, feasible: [] }
  if (step.type === 'failed') return failedDecision(step, attempt)
  return {
    ...begun,
    result: 'scheduled',
    node: step.node,
    ...traceOf(step.decision, step.node),
    ...present('permit', reportOf(step.permit)),
    ...present('volumes', volumesOf(step)),
  }
}

/** Which volume each claim gets. */
function volumesOf({ state, node }: BindStep): Readonly<Record<string, string>> | undefined {
  const found = state.read(volumePlanKey)?.byNode.get(node)
  if (found === undefined) return undefined
  const entries = [
    ...found.bindings.map(({ claim, volume }) => [claim.metadata.name ?? '', volume.metadata.name ?? ''] as const),
    ...found.provisions.map(({ claim }) => [claim.metadata.name ?? '', '<provision>'] as const),
  ]
  return entries.length === 0 ? undefined : sortedRecord(entries)
}

/** The attempt of a pod that has no node after all. */
export function failedDecision(step: FailedStep, attempt: number): PodDecision {
  const { decision, preemption } = step
  const chosen = decision?.result === 'scheduled' ? decision.node : undefined
  const nodes = preemption?.candidates.map(
    ({ node, victims, pdbViolations }) =>
      [node, { victims: victims.map((victim) => victim.key), pdbViolations }] as readonly [string, CandidateReport],
  )
  return {
    ...headOf(step.pod, attempt),
    result: step.reason === 'Unschedulable' ? 'unschedulable' : 'error',
    node: null,
    ...(decision ? traceOf(decision, chosen) : { feasible: [] }),
    ...present('reserve', reportOf(step.reserve)),
    ...present('permit', reportOf(step.permit)),
    ...present('postFilter', reportOf(step.postFilter)),
    ...present('nominatedNode', step.nominatedNode || undefined),
    ...present(
      'victims',
      preemption?.chosen?.victims.map((victim) => victim.key),
    ),
    ...present('bestCandidates', preemption?.bestCandidates.length ? preemption.bestCandidates : undefined),
    ...present('candidates', nodes?.length ? sortedRecord(nodes) : undefined),
    ...present('dryRunFailures', preemption && reportsOf(preemption.dryRunFailures)),
    reason: step.reason,
    message: step.message,
    ...present('unschedulablePlugins', sortedNames(unschedulablePlugins(step))),
  }
}

function unschedulablePlugins({ diagnosis }: FailedStep): ReadonlySet<string> {
  return new Set(diagnosis === undefined ? [] : [...diagnosis.rejectedBy, ...diagnosis.pendingBy])
}

/** What every entry about a pod begins with. */
export function headOf(pod: Pod, attempt: number | undefined): Pick<PodDecision, 'pod' | 'priority'> {
  const profile = pod.spec?.schedulerName || 'default-scheduler'
  return {
    pod: podKey(pod),
    ...(attempt !== undefined && { attempt }),
    priority: pod.spec?.priority ?? 0,
    ...(profile !== 'default-scheduler' && { profile }),
  }
}

function traceOf(
  trace: CycleTrace,
  chosen: string | undefined,
): Omit<PodDecision, 'pod' | 'priority' | 'result' | 'node'> {
  const { feasible, surplus = [], totals, pluginScores } = trace
  return {
    // A node that passed after enough others had is shown like them, unless a single one was wanted.
    feasible: [...feasible, ...(chosen !== undefined && totals === undefined ? [] : surplus)].sort(compareUtf8),
    ...present('best', totals ? bestOf(feasible, totals) : chosen === undefined ? undefined : [chosen]),
    ...(totals && { finalScores: sortedRecord(feasible.map((name, index) => [name, totals[index] ?? 0] as const)) }),
    ...(pluginScores && { pluginScores: scoresByNode(feasible, pluginScores) }),
    ...present('preFilter', reportOf(trace.preFilter)),
    ...present('preFilterNodes', trace.preFilterNodes && sortedNames(trace.preFilterNodes)),
    ...present('skippedFilter', sortedNames(trace.skippedFilter)),
    ...present('skippedScore', sortedNames(trace.skippedScore ?? [])),
    ...present('filterFailures', reportsOf(trace.filterFailures)),
    ...present('nodeHint', trace.nodeHint || undefined),
  }
}

function bestOf(names: readonly string[], totals: readonly number[]): readonly string[] {
  const top = totals.reduce((most, total) => Math.max(most, total), Number.NEGATIVE_INFINITY)
  return names.filter((_, index) => totals[index] === top).sort(compareUtf8)
}

function scoresByNode(
  names: readonly string[],
  plugins: NonNullable<CycleTrace['pluginScores']>,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const ordered = plugins.toSorted((left, right) => compareUtf8(left.plugin, right.plugin))
  return sortedRecord(
    names.map((name, index) => {
      const scores: Record<string, number> = {}
      for (const { plugin, scores: own } of ordered) scores[plugin] = own[index] ?? 0
      return [name, scores] as const
    }),
  )
}

function present<Name extends string, T>(name: Name, value: T | undefined): { readonly [key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: T })
}
