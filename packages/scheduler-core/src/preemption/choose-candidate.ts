import type { PreemptionCandidate } from '../framework/interfaces.ts'
import { startOf } from './importance.ts'

/** What makes one candidate better than another, the weightiest first; the higher the better. */
const criteria: readonly ((candidate: PreemptionCandidate) => number)[] = [
  ({ pdbViolations }) => -pdbViolations,
  ({ victims }) => -(victims[0]?.priority ?? 0),
  // Each victim counts, also one of negative priority.
  ({ victims }) => -victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => -victims.length,
  earliestStart,
]

/**
 * The candidates that nothing tells apart after upstream's criteria, in the order of the list.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption
 */
export function bestCandidates(candidates: readonly PreemptionCandidate[]): readonly PreemptionCandidate[] {
  let best = candidates
  for (const score of criteria) {
    if (best.length <= 1) return best
    const scores = best.map(score)
    const most = scores.reduce((highest, value) => Math.max(highest, value), Number.NEGATIVE_INFINITY)
    best = best.filter((_, index) => scores[index] === most)
  }
  return best
}

/** When the first of the most important victims started. */
function earliestStart({ victims }: PreemptionCandidate): number {
  const priority = victims.reduce((highest, victim) => Math.max(highest, victim.priority), Number.NEGATIVE_INFINITY)
  return victims.reduce(
    (earliest, victim) => (victim.priority === priority ? Math.min(earliest, startOf(victim)) : earliest),
    Number.POSITIVE_INFINITY,
  )
}
