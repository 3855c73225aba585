import { unresolvable } from '../framework/status.ts'
import { clusterEventActions, type Plugin } from './plugin.ts'

/** Pods with gates stay out of the queue. @see pkg/scheduler/framework/plugins/schedulinggates */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  eventsToRegister: () => [clusterEventActions('Pod', 'UpdatePodSchedulingGatesEliminated')],
  preEnqueue(pod) {
    const gates = pod.spec?.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`)
  },
}
