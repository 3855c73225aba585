import { createFeatureGates, FeatureGateError, type FeatureGateSet } from '@kube-bonsai/feature-gates'
import { SnapshotError } from './snapshot-error.ts'

const asynchronous = ['SchedulerAsyncPreemption', 'SchedulerAsyncAPICalls']

/**
 * The gates of a decided snapshot: v1.35's defaults, but for those that move work aside, and batching only when asked for.
 * Throws SnapshotError.
 */
export function decideGates(given: Readonly<Record<string, boolean>> = {}): FeatureGateSet {
  if (asynchronous.some((name) => given[name] === true)) {
    throw new SnapshotError(
      `featureGates: ${asynchronous.join(' and ')} only move work aside and change no decision; they must stay off`,
      { field: 'featureGates' },
    )
  }
  const base = { SchedulerAsyncPreemption: false, SchedulerAsyncAPICalls: false, OpportunisticBatching: false }
  try {
    return createFeatureGates({ set: { ...base, ...given } })
  } catch (error) {
    if (!(error instanceof FeatureGateError)) throw error
    throw new SnapshotError(`featureGates: ${error.message}`, { field: 'featureGates' })
  }
}
