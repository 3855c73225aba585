import type { StatefulSet, StatefulSetStatus } from '../api/apps.ts'
import type { Pod } from '../api/pod.ts'
import { isPodAvailable, isPodReady } from '../pods/state.ts'
import { revisionOf } from './identity.ts'

/** What a StatefulSet's status is made of. */
export interface StatefulObservation {
  readonly pods: readonly Pod[]
  readonly currentRevision: string
  readonly updateRevision: string
  readonly collisionCount: number
  /** How many pods were just taken down to be updated. */
  readonly updating: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The status that a StatefulSet should have; a finished update makes its revision the current one. */
export function statefulSetStatus(set: StatefulSet, observed: StatefulObservation): StatefulSetStatus {
  const { pods, currentRevision, updateRevision, collisionCount, updating, now } = observed
  const staying = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod))
  const updatedReplicas = staying.filter((pod) => revisionOf(pod) === updateRevision).length
  const replicas = set.spec.replicas ?? 1
  const conditions = set.status?.conditions
  const counts = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)).length,
    updatedReplicas,
    updateRevision,
    collisionCount,
    ...(conditions === undefined ? {} : { conditions }),
  }
  const rolling = set.spec.updateStrategy?.type === 'RollingUpdate'
  const complete = [updatedReplicas, ready.length, pods.length].every((count) => count === replicas)
  if (rolling && complete) return { ...counts, currentReplicas: updatedReplicas, currentRevision: updateRevision }
  const current = staying.filter((pod) => revisionOf(pod) === currentRevision).length - updating
  return { ...counts, currentReplicas: Math.max(0, current), currentRevision }
}

/** Says whether a status is news. */
export function statefulStatusDiffers({ status = {} }: StatefulSet, next: StatefulSetStatus): boolean {
  return (
    (next.observedGeneration ?? 0) > (status.observedGeneration ?? 0) ||
    (next.replicas ?? 0) !== (status.replicas ?? 0) ||
    (next.currentReplicas ?? 0) !== (status.currentReplicas ?? 0) ||
    (next.readyReplicas ?? 0) !== (status.readyReplicas ?? 0) ||
    (next.updatedReplicas ?? 0) !== (status.updatedReplicas ?? 0) ||
    (next.availableReplicas ?? 0) !== (status.availableReplicas ?? 0) ||
    next.currentRevision !== status.currentRevision ||
    next.updateRevision !== status.updateRevision
  )
}
