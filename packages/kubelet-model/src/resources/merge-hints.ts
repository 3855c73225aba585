import type { TopologyHint } from './hints.ts'
import { intersections } from './intersections.ts'
import type { NumaInfo } from './numa-info.ts'
import { type NumaMask, numaCount } from './numa-mask.ts'

type Hints = readonly TopologyHint[]

/**
 * The best of all hints that one hint from each list can be merged into: a preferred one where all agree on their nodes,
 * else the one that is as wide as the most demanding list needs, or as near to that as there is. Equal to trying every
 * combination, but its cost grows with the number of distinct masks only. `fits` orders masks, better ones first.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/topologymanager/policy.go
 */
export function mergeHints(
  info: NumaInfo,
  lists: readonly Hints[],
  fits: (left: NumaMask, right: NumaMask) => number,
): Required<TopologyHint> {
  if (lists.some((list) => list.length === 0)) return { affinity: info.all, preferred: false }
  const agreed = best([...agreements(info.all, lists)], fits)
  if (agreed !== undefined) return { affinity: agreed, preferred: true }
  const wanted = widest(lists)
  const reached = intersections(
    info.all,
    lists.map((list) => list.map(({ affinity }) => affinity ?? info.all)),
  )
  const far = (mask: NumaMask): number => {
    const count = numaCount(mask)
    return count <= wanted ? wanted - count : 64 + count
  }
  const nearest = best([...reached], (left, right) => far(left) - far(right) || fits(left, right))
  return { affinity: nearest ?? info.all, preferred: false }
}

/** The masks on which every list has a preferred hint, or no opinion. */
function* agreements(all: NumaMask, lists: readonly Hints[]): Iterable<NumaMask> {
  const opinionated = lists.filter(
    (list) => !list.some(({ affinity, preferred }) => affinity === undefined && preferred),
  )
  if (opinionated.length === 0) yield all
  const preferred = (list: Hints) =>
    new Set(list.flatMap((hint) => (hint.preferred && hint.affinity !== undefined ? [hint.affinity] : [])))
  const sets = opinionated.map(preferred)
  const candidates = sets[0] ?? new Set(lists.flatMap((list) => [...preferred(list)]))
  for (const mask of candidates) if (sets.every((set) => set.has(mask))) yield (mask & all) >>> 0
}

/** How many nodes the list that needs the most of them needs at least. */
function widest(lists: readonly Hints[]): number {
  let most = 0
  for (const list of lists) {
    let least = Number.POSITIVE_INFINITY
    for (const { affinity } of list) if (affinity !== undefined) least = Math.min(least, numaCount(affinity))
    if (Number.isFinite(least)) most = Math.max(most, least)
  }
  return most
}

function best(masks: readonly NumaMask[], order: (left: NumaMask, right: NumaMask) => number): NumaMask | undefined {
  let found: NumaMask | undefined
  for (const mask of masks) {
    if (mask !== 0 && (found === undefined || order(mask, found) < 0)) found = mask
  }
  return found
}
