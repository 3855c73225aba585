import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent, withEmpty } from '../meta/json.ts'

/** @see pkg/apis/flowcontrol/v1/defaults.go */
export const flowcontrolDefaults: DefaultRules = {
  'io.k8s.api.flowcontrol.v1.FlowSchemaSpec': (spec) => withEmpty(spec, { matchingPrecedence: 1000 }),
  'io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration': (exempt) =>
    withAbsent(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration': (limited) =>
    withAbsent(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'io.k8s.api.flowcontrol.v1.QueuingConfiguration': (queuing) =>
    withEmpty(queuing, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
}
