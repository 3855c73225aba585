import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { parseResources, podRequests, type ResourceList, type Resources } from '@kube-bonsai/component-helpers'

/** Amounts as the scheduler counts them: integers, rounded up. */
export interface ResourceVector {
  readonly milliCPU: number
  /** Bytes. */
  readonly memory: number
  /** Bytes. */
  readonly ephemeralStorage: number
  /** How many pods a node takes; 0 in requests. */
  readonly allowedPods: number
  /** Extended resources, huge pages and attachable volumes by name. */
  readonly scalars: ReadonlyMap<string, number>
}

const none: ReadonlyMap<string, number> = new Map()

/** Nothing at all. */
export const emptyVector: ResourceVector = {
  milliCPU: 0,
  memory: 0,
  ephemeralStorage: 0,
  allowedPods: 0,
  scalars: none,
}

/** True for the resources that are counted by name only. @see pkg/scheduler/util/utils.go IsScalarResourceName */
export function isScalarResource(name: string): boolean {
  return isExtendedResource(name) || isNative(name)
}

/** What a pod without a cpu or memory request is taken to use when nodes are scored: 100m and 200 MiB per container. */
export const assumedMilliCPU = 100
/** @see assumedMilliCPU */
export const assumedMemory: number = 200 * 1024 * 1024

/** Counts parsed amounts. */
export function toVector(resources: Resources): ResourceVector {
  let scalars: Map<string, number> | undefined
  let [milliCPU, memory, ephemeralStorage, allowedPods] = [0, 0, 0, 0]
  for (const [name, amount] of resources) {
    if (name === 'cpu') milliCPU = Number(amount.milliValue())
    else if (name === 'memory') memory = Number(amount.value())
    else if (name === 'ephemeral-storage') ephemeralStorage = Number(amount.value())
    else if (name === 'pods') allowedPods = Number(amount.value())
    else if (isScalarResource(name)) {
      scalars ??= new Map()
      scalars.set(name, Number(amount.value()))
    }
  }
  return { milliCPU, memory, ephemeralStorage, allowedPods, scalars: scalars ?? none }
}

/** Counts amounts as the API carries them. Throws QuantityParseError. */
export function parseVector(list: ResourceList | undefined): ResourceVector {
  return toVector(parseResources(list))
}

/** `left` plus `sign` times `right`. */
export function combine(left: ResourceVector, right: ResourceVector, sign: 1 | -1): ResourceVector {
  let scalars = left.scalars
  if (right.scalars.size > 0) {
    const sum = new Map(scalars)
    for (const [name, amount] of right.scalars) sum.set(name, (sum.get(name) ?? 0) + sign * amount)
    scalars = sum
  }
  return {
    milliCPU: left.milliCPU + sign * right.milliCPU,
    memory: left.memory + sign * right.memory,
    ephemeralStorage: left.ephemeralStorage + sign * right.ephemeralStorage,
    allowedPods: left.allowedPods,
    scalars,
  }
}

/** What a pod that is not placed yet asks for. Throws QuantityParseError. */
export function pendingPodRequest(pod: Pod): ResourceVector {
  return toVector(podRequests(pod))
}

function isNative(name: string): boolean {
  return name.startsWith('hugepages-') || name.startsWith('attachable-volumes-') || isPrefixedNative(name)
}

function isPrefixedNative(name: string): boolean {
  return name.includes('kubernetes.io/')
}

/** True for resources that somebody other than Kubernetes named. @see pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !isPrefixedNative(name) && !name.startsWith('requests.')
}
