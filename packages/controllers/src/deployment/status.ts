import type { Deployment, DeploymentStatus, ReplicaSet } from '../api/apps.ts'
import { withCondition, withoutCondition } from '../conditions/set-condition.ts'
import {
  hasProgressDeadline,
  isComplete,
  isProgressing,
  isTimedOut,
  newCondition,
  progressing,
  reasons,
  replicaFailure,
} from './conditions.ts'
import { actualReplicas, availableReplicas, readyReplicas, terminatingReplicas, totalSize } from './counts.ts'
import { desiredReplicas, maxUnavailable } from './limits.ts'

/** What a Deployment's status is made of. */
export interface DeploymentObservation {
  readonly all: readonly ReplicaSet[]
  readonly newSet: ReplicaSet | undefined
  readonly countTerminating: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The counts and the Available condition. @see pkg/controller/deployment/sync.go */
export function calculateStatus(deployment: Deployment, observed: DeploymentObservation): DeploymentStatus {
  const { all, newSet, countTerminating, now } = observed
  const available = availableReplicas(all)
  const terminating = countTerminating ? terminatingReplicas(all) : undefined
  const collisionCount = deployment.status?.collisionCount
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment)
  const minimum = enough
    ? newCondition('Available', 'True', reasons.minimum, 'Deployment has minimum availability.', now)
    : newCondition('Available', 'False', reasons.noMinimum, 'Deployment does not have minimum availability.', now)
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: actualReplicas(all),
    updatedReplicas: actualReplicas(newSet === undefined ? [] : [newSet]),
    readyReplicas: readyReplicas(all),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(deployment.status?.conditions, minimum),
  }
}

/** The whole status during a rollout: how it progresses, and what fails. @see pkg/controller/deployment/progress.go */
export function rolloutStatus(deployment: Deployment, observed: DeploymentObservation): DeploymentStatus {
  const counts = calculateStatus(deployment, observed)
  const conditions = hasProgressDeadline(deployment)
    ? withProgress(deployment, counts, observed)
    : withoutCondition(counts.conditions, 'Progressing')
  const failure = replicaFailure(observed.all, observed.newSet)
  return {
    ...counts,
    conditions:
      failure === undefined ? withoutCondition(conditions, 'ReplicaFailure') : withCondition(conditions, failure),
  }
}

type Conditions = NonNullable<DeploymentStatus['conditions']>

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  { newSet, now }: DeploymentObservation,
): Conditions {
  const conditions = status.conditions ?? []
  const current = progressing(deployment.status)
  if (status.replicas === status.updatedReplicas && current?.reason === reasons.available) return conditions
  const who = newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`
  if (isComplete(deployment, status)) {
    const message = `${who} has successfully progressed.`
    return withCondition(conditions, newCondition('Progressing', 'True', reasons.available, message, now))
  }
  if (isProgressing(deployment.status ?? {}, status)) {
    const message = `${who} is progressing.`
    const next = newCondition('Progressing', 'True', reasons.updated, message, now)
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined
    // Every bit of progress starts the deadline anew, so the condition is replaced whether or not it changes.
    return [
      ...withoutCondition(conditions, 'Progressing'),
      since === undefined ? next : { ...next, lastTransitionTime: since },
    ]
  }
  if (isTimedOut(deployment, status, now)) {
    const message = `${who} has timed out progressing.`
    return withCondition(conditions, newCondition('Progressing', 'False', reasons.timedOut, message, now))
  }
  return conditions
}
