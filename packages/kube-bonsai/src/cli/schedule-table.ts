import type { ExplainedDecisions, PodDecision, Suggestion } from '@kube-bonsai/scheduler-core'
import { type Console, paint } from './console.ts'
import { formatTable } from './table.ts'

/** How much of each decision is shown. */
export interface ScheduleTableOptions {
  /** Nodes per pod; 0 for all. */
  readonly show: number
}

const tones = {
  scheduled: 'good',
  unschedulable: 'bad',
  error: 'bad',
  gated: 'busy',
  skipped: 'dim',
  ignored: 'dim',
} as const

/** Decisions for a person: one line per attempt, then what stands behind each. */
export function scheduleTable(explained: ExplainedDecisions, console: Console, { show }: ScheduleTableOptions): string {
  const { decisions, nodes } = explained.decisions
  if (decisions.length === 0) return `no pod waits for a node (${nodes.length} nodes)\n`
  const rows = decisions.map((decision) => [
    nameOf(decision),
    paint(console, tones[decision.result], decision.result),
    decision.node ?? '-',
    `${decision.feasible.length}/${nodes.length}`,
    decision.nominatedNode ?? '-',
    decision.victims?.join(',') ?? '-',
  ])
  const head = formatTable(['POD', 'RESULT', 'NODE', 'FEASIBLE', 'NOMINATED', 'VICTIMS'], rows)
  const last = new Map(decisions.map((decision) => [decision.pod, decision]))
  const limit = show === 0 ? Number.POSITIVE_INFINITY : show
  const details = decisions.flatMap((decision) => {
    const weights = explained.weights.get(decision.profile ?? 'default-scheduler') ?? new Map<string, number>()
    const stuck = last.get(decision.pod) === decision && decision.node === null
    const lines = [
      paint(console, 'bold', nameOf(decision)),
      ...scores(decision, weights, limit),
      ...refusals(decision, console, limit),
      ...preemption(decision),
      ...messages(decision, console),
      ...(stuck ? advice(explained.suggestionsFor(decision.pod), console) : []),
    ]
    return lines.length === 1 ? [] : ['', ...lines]
  })
  const { placements, unplaced, deleted = [] } = explained.decisions
  const counts = [
    `${Object.keys(placements).length} placed`,
    `${unplaced.length} not`,
    ...(deleted.length > 0 ? [`${deleted.length} preempted`] : []),
  ]
  return `${head}${details.join('\n')}\n\n${counts.join(', ')}\n`
}

function nameOf({ pod, attempt }: PodDecision): string {
  return attempt === undefined || attempt === 1 ? pod : `${pod} (attempt ${attempt})`
}

function scores(decision: PodDecision, weights: ReadonlyMap<string, number>, limit: number): readonly string[] {
  const { finalScores, pluginScores, best = [], node } = decision
  if (finalScores === undefined || pluginScores === undefined)
    return node === null ? [] : [`  ${node} was the only feasible node: nothing to score`]
  const plugins = Object.keys(Object.values(pluginScores)[0] ?? {})
  const names = Object.keys(finalScores).sort((left, right) => (finalScores[right] ?? 0) - (finalScores[left] ?? 0))
  const header = ['NODE', 'TOTAL', ...plugins.map((plugin) => `${plugin}*${weights.get(plugin) ?? 1}`)]
  const rows = names
    .slice(0, limit)
    .map((name) => [
      `${name === node ? '>' : ' '} ${name}`,
      String(finalScores[name]),
      ...plugins.map((plugin) => String(pluginScores[name]?.[plugin] ?? 0)),
    ])
  const more = names.length > limit ? [`  and ${names.length - limit} feasible nodes with lower scores`] : []
  const tied = best.length > 1 ? [`  ${best.length} nodes are equally good`] : []
  return [...indented(formatTable(header, rows)), ...more, ...tied]
}

function refusals(
  { filterFailures, preFilter, preFilterNodes }: PodDecision,
  console: Console,
  limit: number,
): readonly string[] {
  const lines: string[] = []
  if (preFilter !== undefined)
    lines.push(`  refused on all nodes by ${preFilter.plugin ?? 'a plugin'}: ${preFilter.reasons.join(', ')}`)
  if (preFilterNodes !== undefined) lines.push(`  only these nodes come into question: ${some(preFilterNodes, limit)}`)
  const groups = new Map<string, string[]>()
  for (const [name, { plugin, reasons }] of Object.entries(filterFailures ?? {})) {
    const key = [plugin ?? '', ...reasons].join('\n')
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const rows = [...groups].map(([key, names]) => {
    const [plugin = '', ...reasons] = key.split('\n')
    return [`  ${plugin}`, reasons.join(', '), some(names, limit)]
  })
  if (rows.length === 0) return lines
  return [...lines, ...indented(formatTable([paint(console, 'dim', '  REFUSED BY'), 'REASON', 'NODES'], rows))]
}

function preemption({ nominatedNode, victims, candidates = {}, bestCandidates = [] }: PodDecision): readonly string[] {
  if (nominatedNode === undefined || victims === undefined) return []
  const others = Object.keys(candidates).length - 1
  const tied = bestCandidates.length > 1 ? `; ${bestCandidates.length} nodes would have been equally good` : ''
  const violations = candidates[nominatedNode]?.pdbViolations ?? 0
  const broken = violations > 0 ? `, against ${violations} disruption budgets` : ''
  return [
    `  nominated to ${nominatedNode} after evicting ${victims.join(', ')}${broken} (${others} other candidates${tied})`,
  ]
}

function messages({ message, reason }: PodDecision, console: Console): readonly string[] {
  return message === undefined ? [] : [`  ${paint(console, 'bad', reason ?? 'waits')}: ${message}`]
}

/** What would help, the same advice for several nodes once. */
function advice(suggestions: readonly Suggestion[], console: Console): readonly string[] {
  if (suggestions.length === 0) return []
  const shown = 6
  const counts = new Map<string, number>()
  for (const { text } of suggestions) counts.set(text, (counts.get(text) ?? 0) + 1)
  const lines = [...counts].sort(([, left], [, right]) => right - left)
  return [
    `  ${paint(console, 'bold', 'what would help')}`,
    ...lines.slice(0, shown).map(([text, count]) => `  - ${text}${count > 1 ? ` (${count} nodes)` : ''}`),
    ...(lines.length > shown ? [`  - and ${lines.length - shown} more ways`] : []),
  ]
}

function some(names: readonly string[], limit: number): string {
  if (names.length <= limit) return names.join(', ')
  return `${names.slice(0, limit).join(', ')} and ${names.length - limit} more`
}

const indented = (table: string): readonly string[] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
