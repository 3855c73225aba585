import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../api/apps.ts'
import { timeOf, timeText } from '../api/meta.ts'
import { findCondition } from '../conditions/set-condition.ts'
import { desiredReplicas } from './limits.ts'

/** Why a Deployment is progressing, or is not: upstream's reasons. */
export const reasons = {
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  updated: 'ReplicaSetUpdated',
  available: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  failedCreate: 'ReplicaSetCreateError',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
  minimum: 'MinimumReplicasAvailable',
  noMinimum: 'MinimumReplicasUnavailable',
} as const

/** A condition that changes now; `now` is in milliseconds since the epoch. */
export function newCondition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = timeText(now)
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message }
}

/** The Progressing condition. */
export function progressing(status: DeploymentStatus | undefined): DeploymentCondition | undefined {
  return findCondition(status?.conditions, 'Progressing')
}

/** Says whether a rollout that makes no progress is reported. */
export function hasProgressDeadline({ spec }: Pick<Deployment, 'spec'>): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2147483647
}

/** Says whether all that was asked for is there, and nothing else. */
export function isComplete(deployment: Pick<Deployment, 'spec' | 'metadata'>, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

/** Says whether a status is better than the one before. */
export function isProgressing(old: DeploymentStatus, next: DeploymentStatus): boolean {
  const stale = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (next.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    stale(next) < stale(old) ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

/** Says whether nothing has moved for as long as the Deployment allows. */
export function isTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  if (!hasProgressDeadline(deployment)) return false
  const condition = progressing(status)
  if (condition === undefined || condition.reason === reasons.available) return false
  if (condition.reason === reasons.timedOut) return true
  return timeOf(condition.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 < now
}

/** A failure of a set to create or delete pods, the new set's first. */
export function replicaFailure(
  all: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentCondition | undefined {
  for (const set of newSet === undefined ? all : [newSet, ...all]) {
    const failure = findCondition(set.status?.conditions, 'ReplicaFailure')
    if (failure === undefined) continue
    const { lastTransitionTime } = failure
    return lastTransitionTime === undefined ? failure : { ...failure, lastUpdateTime: lastTransitionTime }
  }
  return undefined
}
