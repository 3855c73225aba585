import type { Node } from '@kube-bonsai/api-types/core/v1'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { pendingPodRequest, type ResourceVector } from '../framework/resource.ts'
import { formatAmount } from './amounts.ts'
import type { Suggestion } from './suggestion.ts'

/** What a node lacks for a pod: one suggestion for all of it, because only all of it helps. */
export function moreResources(pod: PodInfo, info: NodeInfo): readonly Suggestion[] {
  const { node } = info
  if (node === undefined) return []
  const wanted = pendingPodRequest(pod.pod)
  const lacks: { readonly name: string; readonly capacity: number; readonly left: number; readonly missing: number }[] =
    []
  const places = info.allocatable.allowedPods - info.pods.length
  if (places < 1)
    lacks.push({ name: 'pods', capacity: info.allocatable.allowedPods, left: places, missing: 1 - places })
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...wanted.scalars.keys()]) {
    const capacity = amountOf(info.allocatable, name)
    const left = capacity - amountOf(info.requested, name)
    const missing = amountOf(wanted, name) - left
    if (amountOf(wanted, name) > 0 && missing > 0) lacks.push({ name, capacity, left, missing })
  }
  if (lacks.length === 0) return []
  const amounts: Record<string, string> = { ...node.status?.allocatable }
  for (const { name, capacity, missing } of lacks) amounts[name] = formatAmount(name, capacity + missing)
  const shares = lacks.map(({ name, capacity, left, missing }) => {
    const [more, free, all] = [missing, left, capacity].map((amount) => formatAmount(name, amount))
    return `${more} more ${name} (${free} of ${all} left)`
  })
  const change: Node = { ...node, status: { ...node.status, allocatable: amounts } }
  return [
    {
      plugin: 'NodeResourcesFit',
      node: info.name,
      text: `give node ${info.name} ${shares.join(' and ')}, or ask for that much less`,
      change: { node: change },
    },
  ]
}

function amountOf(vector: ResourceVector, name: string): number {
  if (name === 'cpu') return vector.milliCPU
  if (name === 'memory') return vector.memory
  if (name === 'ephemeral-storage') return vector.ephemeralStorage
  return vector.scalars.get(name) ?? 0
}
