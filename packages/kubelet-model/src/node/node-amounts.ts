import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { podRequests, type Resources } from '@kube-bonsai/component-helpers'

/** Amounts by resource name as nodes count them: cpu in millicores, everything else in whole units. */
export type NodeAmounts = ReadonlyMap<string, bigint>

/** Counts parsed quantities. */
export function nodeAmounts(resources: Resources): NodeAmounts {
  return new Map(
    [...resources].map(([name, amount]) => [name, name === 'cpu' ? amount.milliValue() : amount.value()] as const),
  )
}

/** What a pod's spec asks for. */
export function requestedBy(pod: Pod): NodeAmounts {
  return nodeAmounts(podRequests(pod))
}

/** What a pod takes: what its spec asks for, or what its status shows where that is more. */
export function takenBy(pod: Pod): NodeAmounts {
  return nodeAmounts(podRequests(pod, { useStatusResources: true }))
}

/** Sums up. */
export function totalOf(amounts: Iterable<NodeAmounts>): NodeAmounts {
  const total = new Map<string, bigint>()
  for (const each of amounts) for (const [name, amount] of each) total.set(name, (total.get(name) ?? 0n) + amount)
  return total
}
