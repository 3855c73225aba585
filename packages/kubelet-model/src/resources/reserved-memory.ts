import { Quantity } from '@kube-bonsai/quantity'
import { type KubeletConfiguration, record } from '../config/configuration.ts'
import type { Machine } from './machine.ts'

/**
 * `reservedMemory` of a configuration as bytes by NUMA node and kind. Throws an Error in the kubelet's words unless it adds
 * up to what is kept from pods.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/memorymanager/memory_manager.go
 */
export function reservedMemory(
  configuration: KubeletConfiguration,
  machine: Machine,
  reservation: ReadonlyMap<string, Quantity>,
): ReadonlyMap<number, ReadonlyMap<string, bigint>> {
  const byNode = new Map<number, Map<string, bigint>>(machine.nodes.map(({ id }) => [id, new Map()]))
  const given = configuration['reservedMemory']
  const totals = new Map<string, Quantity>()
  for (const entry of Array.isArray(given) ? given : []) {
    const fields = record(entry)
    const numa = Number(fields['numaNode'] ?? 0)
    const own = byNode.get(numa)
    if (own === undefined) {
      const text = `the reserved memory configuration references a NUMA node ${numa} that does not exist on this machine`
      throw new Error(text)
    }
    for (const [kind, value] of Object.entries(record(fields['limits']))) {
      const amount = Quantity.parse(String(value))
      totals.set(kind, (totals.get(kind) ?? zero).add(amount))
      own.set(kind, amount.value())
    }
  }
  const kinds = new Set([...totals.keys(), ...[...reservation.keys()].filter(isMemory)])
  for (const kind of kinds) {
    const [stated, kept] = [totals.get(kind) ?? zero, reservation.get(kind) ?? zero]
    if (stated.cmp(kept) === 0) continue
    const than = `is not equal to the value "${kept}" determined by Node Allocatable feature`
    throw new Error(`the total amount "${stated}" of type "${kind}" ${than}`)
  }
  return byNode
}

const zero = Quantity.parse('0')
const isMemory = (name: string): boolean => name === 'memory' || name.startsWith('hugepages-')
