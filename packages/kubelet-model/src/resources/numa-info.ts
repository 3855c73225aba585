import { compareWidth, type NumaMask, numaCount, numaMask, numaNodesOf } from './numa-mask.ts'

/** A NUMA node as the machine describes it. */
export interface NumaNode {
  readonly id: number
  /** Distances to every node, in the order of their ids; 10 is the node itself. */
  readonly distances?: readonly number[]
}

/** The NUMA nodes of a machine as the topology manager sees them. @see pkg/kubelet/cm/topologymanager/numa_info.go */
export interface NumaInfo {
  readonly all: NumaMask
  readonly size: number
  /** Negative when the first mask fits better: fewer nodes, then the lower ones. */
  narrower(left: NumaMask, right: NumaMask): number
  /** The same, but of equally many nodes those that are closer to one another. */
  closer(left: NumaMask, right: NumaMask): number
}

/** Throws an Error when distances are to count and a node has none. */
export function numaInfo(nodes: readonly NumaNode[], preferClosest: boolean): NumaInfo {
  if (preferClosest && nodes.some(({ distances }) => distances === undefined)) {
    throw new Error('error getting NUMA distances from cadvisor')
  }
  const distances = new Map(nodes.map((node) => [node.id, node.distances ?? []]))
  const means = new Map<NumaMask, number>()
  const mean = (mask: NumaMask): number => {
    const known = means.get(mask)
    if (known !== undefined) return known
    const ids = numaNodesOf(mask)
    let sum = 0
    for (const from of ids) for (const to of ids) sum += distances.get(from)?.[to] ?? 0
    const value = ids.length === 0 ? 0 : sum / (ids.length * ids.length)
    means.set(mask, value)
    return value
  }
  return {
    all: numaMask(nodes.map(({ id }) => id)),
    size: nodes.length,
    narrower: compareWidth,
    closer: (left, right) => numaCount(left) - numaCount(right) || mean(left) - mean(right) || left - right,
  }
}
