import { semanticallyEqual } from '../values/equality.ts'
import type { JobStatus } from './types.ts'

/** Says whether two statuses mean the same, so that nothing need be written. */
export function sameJobStatus(a: JobStatus, b: JobStatus): boolean {
  return semanticallyEqual(plain(a), plain(b))
}

/** A status without counts that are zero, which need not be written. */
function plain(status: JobStatus): object {
  const { active, succeeded, failed, uncountedTerminatedPods, completedIndexes, ...rest } = status
  return {
    ...rest,
    active: active || undefined,
    succeeded: succeeded || undefined,
    failed: failed || undefined,
    completedIndexes: completedIndexes || undefined,
    uncountedTerminatedPods:
      Object.keys(uncountedTerminatedPods ?? {}).length === 0 ? undefined : uncountedTerminatedPods,
  }
}
