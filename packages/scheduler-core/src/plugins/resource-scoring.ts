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
import { brokenLinear, type ShapePoint } from './broken-linear.ts'

/** How much one resource counts among others. */
export interface ResourceWeight {
  readonly name: string
  readonly weight: number
}

/** What a pod adds to each resource of a list, in the order of the list. */
export type ScoringRequests = readonly number[]

/**
 * Scores a node by what is requested of each resource, the pod included, and what the node has; resources that do not count have 0 to give.
 * The arrays go with the list of resources and hold for the moment of the call.
 */
export type UsageScorer = (
  requested: readonly number[],
  allocatable: readonly number[],
  resources: readonly ResourceWeight[],
) => number

const assumed = new Map([
  ['cpu', Quantity.parse(`${assumedMilliCPU}m`)],
  ['memory', Quantity.parse(String(assumedMemory))],
])

/** What a pod adds to each resource when nodes are scored; with `fill`, containers without a request count with an assumed one. */
export function scoringRequests(pod: Pod, resources: readonly ResourceWeight[], fill: boolean): ScoringRequests {
  const vector = toVector(
    podRequests(pod, {
      useStatusResources: true,
      ...(fill && { nonMissingRequests: assumed, skipPodLevelResources: true }),
    }),
  )
  return resources.map(({ name }) => amountOf(vector, name))
}

/**
 * Makes a scorer of nodes. `trueRequests` false counts assumed requests for pods that made none. The scorer is asked about every node, so it
 * makes nothing.
 */
export function nodeScorer(
  resources: readonly ResourceWeight[],
  trueRequests: boolean,
  score: UsageScorer,
): (node: NodeInfo, requests: ScoringRequests) => number {
  const requested = new Array<number>(resources.length).fill(0)
  const allocatable = new Array<number>(resources.length).fill(0)
  const scalar = resources.map(({ name }) => isScalarResource(name))
  return (node, requests) => {
    for (let index = 0; index < resources.length; index++) {
      const name = resources[index]?.name ?? ''
      const wanted = requests[index] ?? 0
      const capacity = wanted === 0 && scalar[index] ? 0 : amountOf(node.allocatable, name)
      allocatable[index] = capacity
      requested[index] = capacity === 0 ? 0 : wanted + usedOf(node, name, trueRequests)
    }
    return score(requested, allocatable, resources)
  }
}

function usedOf({ requested, nonZeroRequested }: NodeInfo, name: string, trueRequests: boolean): number {
  if (!trueRequests && name === 'cpu') return nonZeroRequested.milliCPU
  if (!trueRequests && name === 'memory') return nonZeroRequested.memory
  return amountOf(requested, name)
}

/** The emptier, the better. */
export const leastAllocated: UsageScorer = (requested, allocatable, resources) =>
  weighted(requested, allocatable, resources, (used, capacity) =>
    used > capacity ? 0 : Math.trunc(((capacity - used) * maxNodeScore) / capacity),
  )

/** The fuller, the better. */
export const mostAllocated: UsageScorer = (requested, allocatable, resources) =>
  weighted(requested, allocatable, resources, (used, capacity) =>
    Math.trunc((Math.min(used, capacity) * maxNodeScore) / capacity),
  )

/** As a function of the utilization in percent says; its scores go from 0 to 10. Resources that score 0 have no weight. */
export function requestedToCapacityRatio(shape: readonly ShapePoint[]): UsageScorer {
  const raw = brokenLinear(shape.map(({ utilization, score }) => ({ utilization, score: score * 10 })))
  return (requested, allocatable, resources) => {
    let [sum, weights] = [0, 0]
    for (let index = 0; index < resources.length; index++) {
      const [used = 0, capacity = 0, weight = 0] = [requested[index], allocatable[index], resources[index]?.weight]
      if (capacity === 0) continue
      const score = raw(used > capacity ? 100 : Math.trunc((used * 100) / capacity))
      if (score <= 0) continue
      sum += score * weight
      weights += weight
    }
    return weights === 0 ? 0 : Math.round(sum / weights)
  }
}

function weighted(
  requested: readonly number[],
  allocatable: readonly number[],
  resources: readonly ResourceWeight[],
  score: (used: number, capacity: number) => number,
): number {
  let [sum, weights] = [0, 0]
  for (let index = 0; index < resources.length; index++) {
    const capacity = allocatable[index] ?? 0
    if (capacity === 0) continue
    const weight = resources[index]?.weight ?? 0
    sum += score(requested[index] ?? 0, capacity) * weight
    weights += weight
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights)
}

/** The more evenly resources are used, the better. */
export const balancedAllocation: UsageScorer = (requested, allocatable) => {
  let [count, total, first, second] = [0, 0, 0, 0]
  for (let index = 0; index < allocatable.length; index++) {
    const fraction = fractionAt(requested, allocatable, index)
    if (fraction === undefined) continue
    if (count === 0) first = fraction
    else if (count === 1) second = fraction
    count++
    total += fraction
  }
  let deviation = 0
  if (count === 2) deviation = Math.abs((first - second) / 2)
  else if (count > 2) {
    const mean = total / count
    let squares = 0
    for (let index = 0; index < allocatable.length; index++) {
      const fraction = fractionAt(requested, allocatable, index)
      if (fraction !== undefined) squares += (fraction - mean) * (fraction - mean)
    }
    deviation = Math.sqrt(squares / count)
  }
  return Math.trunc((1 - deviation) * maxNodeScore)
}

function fractionAt(requested: readonly number[], allocatable: readonly number[], index: number): number | undefined {
  const capacity = allocatable[index] ?? 0
  return capacity === 0 ? undefined : Math.min(1, (requested[index] ?? 0) / capacity)
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
