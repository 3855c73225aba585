import { unresolvable } from '../framework/status.ts'
import { clusterEventActions, type Plugin } from './plugin.ts'

/** A pod that names its node goes there or nowhere. @see pkg/scheduler/framework/plugins/nodename */
export const nodeName: Plugin = {
  name: 'NodeName',
  eventsToRegister: () => [clusterEventActions('Node', 'Add')],
  filter(_state, { pod }, node) {
    const wanted = pod.spec?.nodeName ?? ''
    return wanted === '' || wanted === node.name
      ? undefined
      : unresolvable("node(s) didn't match the requested node name")
  },
}
