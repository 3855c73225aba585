import type { Pod } from '../api/pod.ts'
import { byDeletionPreference } from '../pods/deletion-rank.ts'
import { completionIndex } from './job-pods.ts'
import { isIndexed, type Job } from './types.ts'

/** Pods of an index too many first, then those that are worth least. */
export function podsForRemoval(job: Job, active: readonly Pod[], least: number, now: number): readonly Pod[] {
  const order = byDeletionPreference(() => 0, now)
  if (!isIndexed(job)) return [...active].sort(order).slice(0, least)
  const kept = new Map<number, Pod>()
  const surplus: Pod[] = []
  for (const pod of [...active].sort((a, b) => order(b, a))) {
    const index = completionIndex(pod)
    const valid = index >= 0 && index < (job.spec.completions ?? 0)
    if (!valid || kept.has(index)) surplus.push(pod)
    else kept.set(index, pod)
  }
  const rest = [...kept.values()].sort(order)
  return [...surplus, ...rest.slice(0, Math.max(0, least - surplus.length))]
}
