import { Quantity } from '@kube-bonsai/quantity'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { Machine } from '../resources/machine.ts'
import type { NodeShape } from './node-object.ts'

/** What a node has in all, by resource name. A machine that the host describes decides over cpu and memory. */
export function capacityOf(
  shape: NodeShape,
  configuration: KubeletConfiguration,
  machine: Machine,
): ReadonlyMap<string, Quantity> {
  const described = shape.host?.machine !== undefined
  const cpus = machine.nodes.reduce((sum, { cores }) => sum + cores.reduce((all, core) => all + core.cpus.length, 0), 0)
  const memory = machine.nodes.reduce((sum, node) => sum + node.memory, 0n)
  const most = shape.pods ?? Number(configuration['maxPods'])
  const perCore = Number(configuration['podsPerCore'] ?? 0)
  const amounts = {
    cpu: shape.cpu ?? (described ? String(cpus) : '4'),
    'ephemeral-storage': shape.ephemeralStorage ?? '100Gi',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: shape.memory ?? (described && memory > 0n ? String(memory) : '16Gi'),
    pods: String(perCore > 0 ? Math.min(most, perCore * cpus) : most),
    ...shape.extended,
  }
  return new Map(Object.entries(amounts).map(([name, amount]) => [name, Quantity.parse(String(amount))]))
}
