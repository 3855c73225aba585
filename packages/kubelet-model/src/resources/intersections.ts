import { type NumaMask, numaNodesOf } from './numa-mask.ts'

/** Above this many pairs, and up to this many nodes, counting supersets is cheaper than trying each pair. */
const manyPairs = 1 << 16
const fewNodes = 20

/**
 * Every mask that is the intersection of one mask of each list (and of `all`), without trying every combination: lists of
 * all subsets of 16 nodes would have billions.
 */
export function intersections(all: NumaMask, lists: readonly (readonly NumaMask[])[]): ReadonlySet<NumaMask> {
  let reached: ReadonlySet<NumaMask> = new Set([all])
  for (const list of lists) {
    const masks = new Set(list.map((mask) => (mask & all) >>> 0))
    const nodes = numaNodesOf(all)
    reached =
      reached.size * masks.size > manyPairs && nodes.length <= fewNodes
        ? bySupersets(nodes, reached, masks)
        : byPairs(reached, masks)
  }
  return reached
}

function byPairs(left: ReadonlySet<NumaMask>, right: ReadonlySet<NumaMask>): ReadonlySet<NumaMask> {
  const found = new Set<NumaMask>()
  for (const one of left) for (const other of right) found.add((one & other) >>> 0)
  return found
}

/** Pairs that meet in at least m are the supersets of m on either side; taking off those that meet in more leaves m's own. */
function bySupersets(
  nodes: readonly number[],
  left: ReadonlySet<NumaMask>,
  right: ReadonlySet<NumaMask>,
): ReadonlySet<NumaMask> {
  const size = 2 ** nodes.length
  const pack = (mask: NumaMask) => nodes.reduce((packed, node, index) => packed + ((mask >>> node) & 1) * 2 ** index, 0)
  const count = (masks: ReadonlySet<NumaMask>): Float64Array => {
    const counts = new Float64Array(size)
    for (const mask of masks) counts[pack(mask)] = 1
    sweep(counts, nodes.length, 1)
    return counts
  }
  const ours = count(left)
  const pairs = count(right).map((theirs, index) => theirs * (ours[index] ?? 0))
  sweep(pairs, nodes.length, -1)
  const found = new Set<NumaMask>()
  pairs.forEach((number, packed) => {
    if (number > 0) found.add(nodes.reduce((mask, node, index) => mask | (((packed >>> index) & 1) << node), 0) >>> 0)
  })
  return found
}

/** Adds to each subset what its supersets have, or takes it off again. */
function sweep(counts: Float64Array, bits: number, sign: 1 | -1): void {
  for (let bit = 0; bit < bits; bit++) {
    const step = 1 << bit
    for (let mask = 0; mask < counts.length; mask++) {
      if ((mask & step) === 0) counts[mask] = (counts[mask] ?? 0) + sign * (counts[mask | step] ?? 0)
    }
  }
}
