import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { podRequests } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import type { NodeInfo } from '../framework/node-info.ts'
import { maxNodeScore } from '../framework/normalize.ts'
import {
  assumedMemory,
  assumedMilliCPU,
  isScalarResource,
  type ResourceVector,
  toVector,
} from '../framework/resource.ts'

/** How much one resource counts among others. */
export interface ResourceWeight {
  readonly name: string
  readonly weight: number
}

/** One resource of one node: what it has, and what would be requested with the pod on it. */
export interface Usage {
  readonly allocatable: number
  readonly requested: number
  readonly weight: number
}

const assumed = new Map([
  ['cpu', Quantity.parse(`${assumedMilliCPU}m`)],
  ['memory', Quantity.parse(String(assumedMemory))],
])

/** What a pod adds to each resource when nodes are scored; with `fill`, containers without a request count with an assumed one. */
export function scoringRequests(
  pod: Pod,
  resources: readonly ResourceWeight[],
  fill: boolean,
): ReadonlyMap<string, number> {
  const vector = toVector(
    podRequests(pod, {
      useStatusResources: true,
      ...(fill && { nonMissingRequests: assumed, skipPodLevelResources: true }),
    }),
  )
  return new Map(resources.map(({ name }) => [name, amountOf(vector, name)]))
}

/** Scores a node by its usage of the resources. `trueRequests` false counts assumed requests for pods that made none. */
export function scoreResources(
  node: NodeInfo,
  resources: readonly ResourceWeight[],
  requests: ReadonlyMap<string, number>,
  trueRequests: boolean,
  score: (usages: readonly Usage[]) => number,
): number {
  const usages: Usage[] = []
  for (const { name, weight } of resources) {
    const wanted = requests.get(name) ?? 0
    if (wanted === 0 && isScalarResource(name)) continue
    const allocatable = amountOf(node.allocatable, name)
    if (allocatable === 0) continue
    const counted = trueRequests || (name !== 'cpu' && name !== 'memory')
    const used = counted
      ? amountOf(node.requested, name)
      : node.nonZeroRequested[name === 'cpu' ? 'milliCPU' : 'memory']
    usages.push({ allocatable, requested: used + wanted, weight })
  }
  return score(usages)
}

/** The emptier, the better. */
export function leastAllocated(usages: readonly Usage[]): number {
  let [sum, weights] = [0, 0]
  for (const { allocatable, requested, weight } of usages) {
    const free = requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * maxNodeScore) / allocatable)
    sum += free * weight
    weights += weight
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights)
}

/** The more evenly resources are used, the better. */
export function balancedAllocation(usages: readonly Usage[]): number {
  const fractions = usages.map(({ allocatable, requested }) => Math.min(1, requested / allocatable))
  return Math.trunc((1 - deviation(fractions)) * maxNodeScore)
}

function deviation(fractions: readonly number[]): number {
  const [first = 0, second = 0] = fractions
  if (fractions.length === 2) return Math.abs((first - second) / 2)
  if (fractions.length < 2) return 0
  const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length
  const squares = fractions.reduce((sum, fraction) => sum + (fraction - mean) * (fraction - mean), 0)
  return Math.sqrt(squares / fractions.length)
}

function amountOf(vector: ResourceVector, name: string): number {
  switch (name) {
    case 'cpu':
      return vector.milliCPU
    case 'memory':
      return vector.memory
    case 'ephemeral-storage':
      return vector.ephemeralStorage
    default:
      return vector.scalars.get(name) ?? 0
  }
}
