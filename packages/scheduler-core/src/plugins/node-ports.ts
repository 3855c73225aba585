import type { ContainerPort } from '@kube-bonsai/api-types/core/v1'
import { newPodInfo, type PodInfo } from '../framework/pod-info.ts'
import { skip, unschedulable } from '../framework/status.ts'
import { clusterEventActions, type Plugin } from './plugin.ts'

const anyAddress = '0.0.0.0'

/** Host ports that other pods of the node hold already. @see pkg/scheduler/framework/plugins/nodeports */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  eventsToRegister: () => [
    {
      resource: 'Pod',
      actions: ['Delete'],
      hint: (pod, before) => {
        const gone = before as PodInfo['pod']
        if (!gone.spec?.nodeName) return 'Skip'
        const freed = newPodInfo(gone).hostPorts
        return pod.hostPorts.some((port) => freed.some((other) => conflict(port, other))) ? 'Queue' : 'Skip'
      },
    },
    clusterEventActions('Node', 'Add'),
  ],
  preFilter: (_state, pod) => (pod.hostPorts.length === 0 ? { status: skip } : undefined),
  filter(_state, pod, node) {
    const taken = pod.hostPorts.some((port) =>
      node.pods.some((other) => other.hostPorts.some((held) => conflict(port, held))),
    )
    return taken ? unschedulable("node(s) didn't have free ports for the requested pod ports") : undefined
  },
}

function conflict(left: ContainerPort, right: ContainerPort): boolean {
  if ((left.hostPort ?? 0) === 0 || left.hostPort !== right.hostPort) return false
  if ((left.protocol || 'TCP') !== (right.protocol || 'TCP')) return false
  const [one, other] = [left.hostIP || anyAddress, right.hostIP || anyAddress]
  return one === other || one === anyAddress || other === anyAddress
}
