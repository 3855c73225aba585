import type { TopologyHint } from './hints.ts'
import type { NumaMemory } from './memory-state.ts'
import { compareWidth, type NumaMask, numaCount, numaNodesOf, submasks } from './numa-mask.ts'

/** Amounts in bytes by kind: memory, or huge pages of a size. */
export type MemoryRequest = ReadonlyMap<string, bigint>

type Nodes = ReadonlyMap<number, NumaMemory>
type Side = 'free' | 'allocatable'

/** How much of a kind some nodes have together. */
export function memoryOf(nodes: Nodes, mask: NumaMask, type: string, side: Side): bigint {
  return numaNodesOf(mask).reduce((sum, id) => sum + (nodes.get(id)?.tables.get(type)?.[side] ?? 0n), 0n)
}

const same = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((node, index) => right[index] === node)

/** True when an allocation over several nodes would share a node with one of another shape. */
export function breaksGroups(nodes: Nodes, mask: NumaMask): boolean {
  const group = numaNodesOf(mask)
  if (group.length === 1) return false
  return group.some((id) => {
    const node = nodes.get(id)
    return node !== undefined && node.assignments > 0 && (node.cells.length === 1 || !same(node.cells, group))
  })
}

/**
 * The sets of NUMA nodes that can give the memory; `reusable` is what earlier containers of the pod leave on exactly such a
 * set. Preferred are those that are as small as the machine allows.
 */
export function memoryHints(
  nodes: Nodes,
  request: MemoryRequest,
  reusable: (mask: NumaMask, type: string) => bigint,
): readonly TopologyHint[] {
  const kinds = [...request]
  const masks: NumaMask[] = []
  let least = nodes.size
  for (const mask of submasks([...nodes.keys()])) {
    if (kinds.some(([type, size]) => memoryOf(nodes, mask, type, 'allocatable') < size)) continue
    const group = numaNodesOf(mask)
    least = Math.min(least, group.length)
    const only = group.length === 1 ? nodes.get(group[0] ?? -1) : undefined
    if (only !== undefined && only.cells.length > 1) continue
    if (breaksGroups(nodes, mask)) continue
    const short = kinds.some(([type, size]) => memoryOf(nodes, mask, type, 'free') + reusable(mask, type) < size)
    if (!short) masks.push(mask)
  }
  return masks.map((affinity) => ({ affinity, preferred: numaCount(affinity) === least }))
}

/** The preferred hint with the fewest nodes; one that is not preferred where there is no other. */
export function bestMemoryHint(hints: readonly TopologyHint[]): Required<TopologyHint> | undefined {
  let best: Required<TopologyHint> | undefined
  for (const { affinity, preferred } of hints) {
    if (affinity === undefined) continue
    const better =
      best === undefined ||
      (preferred && !best.preferred) ||
      (preferred === best.preferred && compareWidth(affinity, best.affinity) < 0)
    if (better) best = { affinity, preferred }
  }
  return best
}
