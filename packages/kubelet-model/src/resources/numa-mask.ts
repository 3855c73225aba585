/** A set of NUMA nodes 0 to 31, one bit each, as an unsigned 32-bit integer. */
export type NumaMask = number

/** The most NUMA nodes that a machine here may have. Upstream knows 64, but lists every subset of them. */
export const maxNumaNodes = 32

/** A node that does not fit into a mask. */
export class NumaNodeError extends RangeError {
  override readonly name = 'NumaNodeError'
  readonly kind: 'outOfRange' | 'unsupported'
  readonly actual: number

  constructor(node: number) {
    const outside = !Number.isInteger(node) || node < 0 || node >= 64
    super(
      outside
        ? 'bit number must be in range 0-63'
        : `unsupported: NUMA nodes from ${maxNumaNodes} on (${node}) are not modelled`,
    )
    this.kind = outside ? 'outOfRange' : 'unsupported'
    this.actual = node
  }
}

/** The mask of these nodes. Throws NumaNodeError for a node that does not fit. */
export function numaMask(nodes: Iterable<number>): NumaMask {
  let mask = 0
  for (const node of nodes) {
    if (!Number.isInteger(node) || node < 0 || node >= maxNumaNodes) throw new NumaNodeError(node)
    mask |= 1 << node
  }
  return mask >>> 0
}

/** The nodes of a mask, ascending. */
export function numaNodesOf(mask: NumaMask): readonly number[] {
  const nodes: number[] = []
  for (let rest = mask >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) nodes.push(31 - Math.clz32(rest & -rest))
  return nodes
}

/** How many nodes a mask holds. */
export function numaCount(mask: NumaMask): number {
  let count = 0
  for (let rest = mask >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++
  return count
}

/** True when every node of the second mask is in the first. */
export function maskHolds(mask: NumaMask, other: NumaMask): boolean {
  return (mask & other) >>> 0 === other >>> 0
}

/** Fewer nodes first; of as many, the one whose highest differing node is lower. */
export function compareWidth(left: NumaMask, right: NumaMask): number {
  return numaCount(left) - numaCount(right) || left - right
}

/** Every mask over these nodes but the empty one. */
export function* submasks(nodes: readonly number[]): Iterable<NumaMask> {
  const all = numaMask(nodes)
  for (let mask = all & -all; mask !== 0; mask = ((mask | ~all) + 1) & all) yield mask >>> 0
}
