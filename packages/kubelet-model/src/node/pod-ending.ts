import type { Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { setCondition } from '@kube-bonsai/apimachinery'
import { qosClass } from '@kube-bonsai/component-helpers'
import { apiTime } from '../time.ts'

/** Why the node itself ends a pod, as its status will say. */
export interface PodEnding {
  readonly reason: string
  readonly message: string
  /** What the DisruptionTarget condition says; without it there is none. */
  readonly disruption?: string
  /** How long its containers may take; what the pod says by default. */
  readonly graceSeconds?: number
}

/** The status of a pod that never came in. @see pkg/kubelet/kubelet.go rejectPod */
export function rejectedStatus(pod: Pod, reason: string, message: string, now: number): PodStatus {
  const { generation } = pod.metadata
  const before = pod.status
  const conditions = before?.conditions?.filter(({ type }) => !kubeletTypes.has(type)) ?? []
  return {
    ...(generation && { observedGeneration: generation }),
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    ...(conditions.length > 0 && { conditions }),
    startTime: before?.startTime ?? apiTime(now),
    qosClass: before?.qosClass ?? qosClass(pod),
  }
}

const kubeletTypes: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
])

/** The status of a pod that the node has ended, once nothing of it runs. */
export function endedStatus(pod: Pod, status: PodStatus, ending: PodEnding, now: number): PodStatus {
  const generation = pod.metadata.generation ?? 0
  const { reason, message, disruption } = ending
  const conditions = (status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' || condition.type === 'ContainersReady' ? { ...condition, ...notReady } : condition,
  )
  const target = {
    type: 'DisruptionTarget',
    ...(generation > 0 && { observedGeneration: generation }),
    status: 'True',
    reason: 'TerminationByKubelet',
    ...(disruption !== undefined && { message: disruption }),
  }
  return {
    ...status,
    phase: 'Failed',
    reason,
    message,
    conditions: disruption === undefined ? conditions : setCondition(conditions, target, apiTime(now)),
  }
}

const notReady = { status: 'False', reason: 'PodFailed' }
