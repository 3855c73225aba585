import type { Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import { formatTime, instantOfMillis, setCondition } from '@kube-bonsai/apimachinery'
import type { ControllerContext } from '@kube-bonsai/controllers'

/** What the scheduler writes into the status of a pod. */
export interface PodStatusChange {
  readonly condition?: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>
  /** The empty string takes a nomination back; absent leaves it. */
  readonly nominatedNode?: string
}

/**
 * Writes what differs from the pod as the scheduler knows it, if anything does. Rejects with what the API answered.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/schedule_one.go updatePod
 */
export async function patchPodStatus(
  { client, clock }: Pick<ControllerContext, 'client' | 'clock'>,
  pod: Pod,
  { condition, nominatedNode }: PodStatusChange,
): Promise<void> {
  const status: Record<string, unknown> = {}
  if (condition !== undefined) {
    const { generation } = pod.metadata
    const wanted = { ...condition, ...(generation !== undefined && { observedGeneration: generation }) }
    const known = pod.status?.conditions ?? []
    const conditions = setCondition(known, wanted, formatTime(instantOfMillis(clock.now())))
    if (!saysAlready(known, condition)) status['conditions'] = conditions.filter(({ type }) => type === condition.type)
  }
  if (nominatedNode !== undefined && nominatedNode !== (pod.status?.nominatedNodeName ?? ''))
    status['nominatedNodeName'] = nominatedNode === '' ? null : nominatedNode
  if (Object.keys(status).length === 0) return
  await client
    .resource('v1/pods')
    .namespace(pod.metadata.namespace ?? '')
    .patch(
      pod.metadata.name ?? '',
      'strategic',
      { metadata: { uid: pod.metadata.uid }, status },
      { subresource: 'status' },
    )
}

/** Says whether a condition is there but for its generation: a new generation alone is no news. */
function saysAlready(
  conditions: readonly PodCondition[],
  { type, status, reason, message }: NonNullable<PodStatusChange['condition']>,
): boolean {
  const known = conditions.find((condition) => condition.type === type)
  return (
    known?.status === status && (known.reason ?? '') === (reason ?? '') && (known.message ?? '') === (message ?? '')
  )
}
