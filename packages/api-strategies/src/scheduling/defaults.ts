import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent } from '../meta/json.ts'

/** @see pkg/apis/scheduling/v1/defaults.go */
export const schedulingDefaults: DefaultRules = {
  'io.k8s.api.scheduling.v1.PriorityClass': (priorityClass) =>
    withAbsent(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
}
