import type { ContainerPort } from '@kube-bonsai/api-types/core/v1'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import type { Suggestion } from './suggestion.ts'

const everywhere = '0.0.0.0'

/** The pods of the node that hold the host ports which the pod asks for. */
export function freePorts(pod: PodInfo, { name, pods }: NodeInfo): readonly Suggestion[] {
  const holders = pods.filter((other) =>
    other.hostPorts.some((held) => pod.hostPorts.some((wanted) => clash(wanted, held))),
  )
  if (holders.length === 0) return []
  const ports = pod.hostPorts.filter((wanted) =>
    holders.some((holder) => holder.hostPorts.some((held) => clash(wanted, held))),
  )
  const texts = [...new Set(ports.map((port) => `${port.hostPort}/${port.protocol || 'TCP'}`))].join(', ')
  const without = holders.map((holder) => holder.key)
  return [
    {
      plugin: 'NodePorts',
      node: name,
      text: `host port ${texts} of node ${name} is held by ${without.join(', ')}: move them, or ask for another port`,
      change: { without },
    },
  ]
}

function clash(left: ContainerPort, right: ContainerPort): boolean {
  if (left.hostPort !== right.hostPort || (left.protocol || 'TCP') !== (right.protocol || 'TCP')) return false
  const [one, other] = [left.hostIP || everywhere, right.hostIP || everywhere]
  return one === other || one === everywhere || other === everywhere
}
