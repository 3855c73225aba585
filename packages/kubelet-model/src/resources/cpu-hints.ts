import type { CpuSet } from './cpu-set.ts'
import type { CpuTopology } from './cpu-topology.ts'
import type { TopologyHint } from './hints.ts'
import { maskHolds, type NumaMask, numaCount, numaMask, numaNodesOf, submasks } from './numa-mask.ts'

/**
 * The sets of NUMA nodes that can give the CPUs, all that are reusable among them. Preferred are those that are as small as
 * the machine allows, or with `bySocket` those that span no more sockets than those would.
 */
export function cpuHints(
  topology: CpuTopology,
  available: CpuSet,
  reusable: CpuSet,
  requested: number,
  bySocket: boolean,
): readonly TopologyHint[] {
  const { details } = topology
  const nodes = details.parts('numa')
  const numaOf = (cpu: number) => details.place(cpu)?.numa ?? -1
  const count = (cpus: Iterable<number>) => {
    const counts = new Map<number, number>()
    for (const cpu of cpus) counts.set(numaOf(cpu), (counts.get(numaOf(cpu)) ?? 0) + 1)
    return counts
  }
  const all = count(details.cpus())
  const usable = count([...available, ...reusable])
  const mustHold = numaMask([...reusable].map(numaOf))
  const sum = (counts: ReadonlyMap<number, number>, mask: NumaMask) =>
    numaNodesOf(mask).reduce((total, node) => total + (counts.get(node) ?? 0), 0)

  let least = nodes.length
  const masks: NumaMask[] = []
  for (const mask of submasks(nodes)) {
    if (numaCount(mask) < least && sum(all, mask) >= requested) least = numaCount(mask)
    if (maskHolds(mask, mustHold) && sum(usable, mask) >= requested) masks.push(mask)
  }
  const perSocket = Math.floor(topology.numaNodes / topology.sockets)
  const fewestSockets = perSocket === 0 ? 0 : Math.floor((least + perSocket - 1) / perSocket)
  const sockets = (mask: NumaMask) =>
    new Set(numaNodesOf(mask).flatMap((node) => details.parts('socket', 'numa', node))).size
  return masks.map((affinity) => ({
    affinity,
    preferred: numaCount(affinity) === least || (bySocket && perSocket > 0 && sockets(affinity) === fewestSockets),
  }))
}
