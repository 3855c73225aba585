import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { qosClass } from '@kube-bonsai/component-helpers'
import { type Fields, fieldsOf, isEmpty } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { mergeLabelKeys } from './match-label-keys.ts'

/** What `fields` hold, seen as a pod; whoever reads it checks each field as it goes. */
export function asPod(fields: Fields): Pod {
  return { ...fields, apiVersion: 'v1', kind: 'Pod', metadata: fieldsOf(fields['metadata']) }
}

/** A new pod: pending, with its QoS class, and marked when scheduling gates hold it back. */
export function preparePod(pod: Fields, context: StrategyContext): Fields {
  const status: Fields = { phase: 'Pending', qosClass: qosClass(asPod(pod)) }
  const gated = !isEmpty(fieldsOf(pod['spec'])['schedulingGates'])
  return mergeLabelKeys(
    { ...pod, status: gated ? { ...status, conditions: [gatedCondition(context)] } : status },
    context,
  )
}

const gatedCondition = (context: StrategyContext): Fields => ({
  type: 'PodScheduled',
  status: 'False',
  lastTransitionTime: context.now,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})
