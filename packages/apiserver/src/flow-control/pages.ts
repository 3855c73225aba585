import type { ApiResponse } from '@kube-bonsai/apimachinery'
import { text } from '../discovery/page.ts'
import type { FlowControl } from './flow-control.ts'

const columns = [
  'PriorityLevelName',
  'ActiveQueues',
  'IsIdle',
  'IsQuiescing',
  'WaitingRequests',
  'ExecutingRequests',
  'DispatchedRequests',
  'RejectedRequests',
  'TimedoutRequests',
  'CancelledRequests',
]

/** The table of priority levels, as `/debug/api_priority_and_fairness/dump_priority_levels` shows it. */
export function priorityLevelsPage({ levels }: FlowControl): ApiResponse {
  const rows = levels.map(([name, counts]) => [
    name,
    counts.activeQueues,
    counts.executing + counts.waiting === 0,
    false,
    counts.waiting,
    counts.executing,
    counts.dispatched,
    counts.rejected,
    counts.timedOut,
    0,
  ])
  const cells = [columns, ...rows].map((row) => row.map((cell, at) => `${cell}${at < row.length - 1 ? ',' : ''}`))
  const widths = columns.map((_, at) => Math.max(7, ...cells.map((row) => (row[at] ?? '').length)) + 1)
  const lines = cells.map((row) => row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)))
  return text(lines.map((line) => `${line.join('')}\n`).join(''))
}
