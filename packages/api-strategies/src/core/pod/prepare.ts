import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { qosClass } from '@kube-bonsai/component-helpers'
import { type Fields, fieldsOf, isEmpty, numberOf, withField } from '../../meta/json.ts'
import { dropDisabledFields } from '../../pod-template/disabled-fields.ts'
import type { StrategyContext } from '../../strategy.ts'
import { withAnnotatedAppArmor } from './annotated-app-armor.ts'
import { mergeLabelKeys } from './match-label-keys.ts'

/** What `fields` hold, seen as a pod; whoever reads it checks each field as it goes. */
export function asPod(fields: Fields): Pod {
  return { ...fields, apiVersion: 'v1', kind: 'Pod', metadata: fieldsOf(fields['metadata']) }
}

/**
 * A spec whose service account stands under both of its names, the one from before v1 being only a copy.
 *
 * @see pkg/apis/core/v1/conversion.go
 */
export function withServiceAccount(spec: Fields): Fields {
  const account = isEmpty(spec['serviceAccountName']) ? spec['serviceAccount'] : spec['serviceAccountName']
  if (isEmpty(account)) return spec
  return withField(withField(spec, 'serviceAccountName', account), 'serviceAccount', account)
}

/** A pod's spec as its internal form has it: one service account, and a grace period that is not negative. */
export const asInternalSpec = (spec: Fields): Fields => withGrace(withServiceAccount(spec))

/** Of pods, not of templates, a grace period below zero is one second. */
export function withGrace(spec: Fields): Fields {
  return numberOf(spec['terminationGracePeriodSeconds']) < 0
    ? withField(spec, 'terminationGracePeriodSeconds', 1)
    : spec
}

/** A new pod: pending, with its QoS class, and marked when scheduling gates hold it back. */
export function preparePod(pod: Fields, context: StrategyContext): Fields {
  const status: Fields = {
    phase: 'Pending',
    qosClass: qosClass(asPod(pod), context.gates.enabled('PodLevelResources')),
  }
  const spec = dropDisabledFields(asInternalSpec(fieldsOf(pod['spec'])), undefined, context.gates)
  const gated = !isEmpty(spec['schedulingGates'])
  const prepared = { ...pod, spec, status: gated ? { ...status, conditions: [gatedCondition(context)] } : status }
  return withAnnotatedAppArmor(mergeLabelKeys(prepared, context), context)
}

/** A changed pod without the fields whose gate is off. */
export function prepareChangedPod(pod: Fields, old: Fields, context: StrategyContext): Fields {
  const spec = asInternalSpec(fieldsOf(pod['spec']))
  return withField(pod, 'spec', dropDisabledFields(spec, fieldsOf(old['spec']), context.gates))
}

const gatedCondition = (context: StrategyContext): Fields => ({
  type: 'PodScheduled',
  status: 'False',
  lastTransitionTime: context.now,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})
