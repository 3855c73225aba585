import type { Condition } from '@kube-bonsai/apimachinery'
import { timeText } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { findCondition } from './set-condition.ts'

/**
 * The condition as it goes into a pod's status, with the generation of the pod that was seen; undefined where the pod says
 * so already, whatever generation its condition is of.
 *
 * @param now milliseconds since the epoch
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/api/v1/pod/util.go UpdatePodCondition
 */
export function newPodCondition(
  { metadata: { generation = 0 }, status }: Pod,
  wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: number,
): Condition | undefined {
  const known = findCondition(status?.conditions, wanted.type)
  const moved = known?.status !== wanted.status
  if (!moved && known?.reason === wanted.reason && known?.message === wanted.message) return undefined
  const lastTransitionTime = moved ? timeText(now) : known?.lastTransitionTime
  return {
    ...wanted,
    ...(generation > 0 && { observedGeneration: generation }),
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
  }
}
