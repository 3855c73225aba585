import type { Pod } from '../api/pod.ts'
import { finishedTime } from './job-pods.ts'

const initial = 10_000
const longest = 600_000

/** Failures of a Job's pods since one succeeded. */
export interface BackoffRecord {
  readonly failures: number
  /** Milliseconds since the epoch. */
  readonly lastFailure: number
}

/** A Job without failures. */
export const noFailures: BackoffRecord = { failures: 0, lastFailure: 0 }

/** The record after some pods have ended. @see pkg/controller/job/backoff_utils.go */
export function nextBackoff(before: BackoffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const failures = failed.map(finishedTime).sort((a, b) => a - b)
  if (succeeded.length === 0) {
    const last = failures.at(-1)
    return last === undefined ? before : { failures: before.failures + failures.length, lastFailure: last }
  }
  const lastSuccess = Math.max(...succeeded.map(finishedTime))
  const since = failures.filter((time) => time > lastSuccess)
  return { failures: since.length, lastFailure: since.at(-1) ?? 0 }
}

/** Milliseconds until a pod may be created after so many failures. */
export function remainingBackoff({ failures, lastFailure }: BackoffRecord, now: number): number {
  if (failures === 0) return 0
  const wait = Math.min(longest, initial * 2 ** Math.min(30, failures - 1))
  return Math.max(0, lastFailure + wait - now)
}
