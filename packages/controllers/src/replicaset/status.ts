import type { ReplicaSet, ReplicaSetStatus } from '../api/apps.ts'
import { timeText } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { findCondition, withoutCondition } from '../conditions/set-condition.ts'
import { isPodAvailable, isPodReady } from '../pods/state.ts'
import { errorText } from '../shell/error-text.ts'

/** What a ReplicaSet's status is made of. */
export interface ReplicaSetObservation {
  readonly active: readonly Pod[]
  /** Absent when terminating pods are not counted. */
  readonly terminating?: readonly Pod[]
  /** Why creating or deleting pods failed, if it did. */
  readonly failure?: unknown
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The status that a ReplicaSet should have. @see pkg/controller/replicaset/replica_set_utils.go */
export function replicaSetStatus(set: ReplicaSet, observed: ReplicaSetObservation): ReplicaSetStatus {
  const { active, terminating, now } = observed
  const labels = Object.entries(set.spec.template.metadata?.labels ?? {})
  const minReady = set.spec.minReadySeconds ?? 0
  const { terminatingReplicas: _, conditions: old, ...rest } = set.status ?? {}
  const conditions = failureConditions(set, observed)
  return {
    ...rest,
    ...(conditions.length === 0 ? {} : { conditions: conditions === old ? old : conditions }),
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isPodAvailable(pod, minReady, now)).length,
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating.length }),
    observedGeneration: set.metadata.generation ?? 0,
  }
}

function failureConditions(
  set: ReplicaSet,
  { active, failure, now }: ReplicaSetObservation,
): NonNullable<ReplicaSetStatus['conditions']> {
  const conditions = set.status?.conditions ?? []
  const present = findCondition(conditions, 'ReplicaFailure') !== undefined
  if (failure === undefined) return present ? withoutCondition(conditions, 'ReplicaFailure') : conditions
  if (present) return conditions
  const difference = active.length - (set.spec.replicas ?? 1)
  const reason = difference < 0 ? 'FailedCreate' : difference > 0 ? 'FailedDelete' : ''
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timeText(now),
    message: errorText(failure),
  }
  return [...conditions, reason === '' ? condition : { ...condition, reason }]
}

/** Says whether two statuses differ in what the controller writes. */
export function statusDiffers(set: ReplicaSet, next: ReplicaSetStatus): boolean {
  const old = set.status ?? {}
  return (
    (old.replicas ?? 0) !== next.replicas ||
    (old.fullyLabeledReplicas ?? 0) !== next.fullyLabeledReplicas ||
    (old.readyReplicas ?? 0) !== next.readyReplicas ||
    (old.availableReplicas ?? 0) !== next.availableReplicas ||
    old.terminatingReplicas !== next.terminatingReplicas ||
    (old.observedGeneration ?? 0) !== next.observedGeneration ||
    JSON.stringify(old.conditions ?? []) !== JSON.stringify(next.conditions ?? [])
  )
}
