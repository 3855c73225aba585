import { compareUtf8 } from '@kube-bonsai/apimachinery'
import type { Outcome } from '../framework/status.ts'
import type { StatusReport } from './decisions.ts'

const first = ['Too many pods', 'Insufficient cpu', 'Insufficient memory', 'Insufficient ephemeral-storage']

/** A status as decisions show it; undefined for Success. */
export function reportOf(status: Outcome): StatusReport | undefined {
  if (status === undefined || status.code === 'Success') return undefined
  const reasons = status.plugin === 'NodeResourcesFit' ? inOrder(status.reasons) : status.reasons
  return { ...(status.plugin && { plugin: status.plugin }), code: status.code, reasons }
}

/** Statuses by node, sorted; undefined when there are none. */
export function reportsOf(statuses: ReadonlyMap<string, Outcome>): Readonly<Record<string, StatusReport>> | undefined {
  const entries = [...statuses].flatMap(([name, status]) => {
    const report = reportOf(status)
    return report === undefined ? [] : [[name, report] as const]
  })
  return entries.length === 0 ? undefined : sortedRecord(entries)
}

/** A record with its keys in order, as Go writes maps. Keys are names of the API: their code units order them as bytes would. */
export function sortedRecord<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)))
}

/** Sorted names; undefined when there are none. */
export function sortedNames(names: Iterable<string>): readonly string[] | undefined {
  const sorted = [...names].sort(compareUtf8)
  return sorted.length === 0 ? undefined : sorted
}

/** Upstream names scalar resources in no order at all. */
function inOrder(reasons: readonly string[]): readonly string[] {
  const rank = (reason: string) => (first.includes(reason) ? first.indexOf(reason) : first.length)
  return reasons.toSorted((left, right) => rank(left) - rank(right) || compareUtf8(left, right))
}
