import { type Fields, fieldsOf, isEmpty, numberOf } from '../../meta/json.ts'
import type { DeletePlan } from '../../strategy.ts'

/**
 * How long a pod may stay: as asked for, else as it says itself; not at all when no node runs it or it has ended.
 *
 * @see pkg/registry/core/pod/strategy.go CheckGracefulDelete
 */
export function planPodDelete(pod: Fields, requestedSeconds: number | undefined): DeletePlan {
  const spec = fieldsOf(pod['spec'])
  const { phase } = fieldsOf(pod['status'])
  if (isEmpty(spec['nodeName']) || phase === 'Failed' || phase === 'Succeeded') return { gracePeriodSeconds: 0 }
  const seconds = requestedSeconds ?? numberOf(spec['terminationGracePeriodSeconds'])
  return { gracePeriodSeconds: seconds < 0 ? 1 : seconds }
}
