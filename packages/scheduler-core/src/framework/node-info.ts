import type { Node } from '@kube-bonsai/api-types/core/v1'
import type { PodInfo } from './pod-info.ts'
import { combine, emptyVector, parseVector, type ResourceVector } from './resource.ts'

/** A node with its pods and the sums over them. Never changes: adding or removing a pod makes another one. */
export interface NodeInfo {
  readonly name: string
  /** Absent while pods of a node are known but the node is not. */
  readonly node: Node | undefined
  readonly pods: readonly PodInfo[]
  /** Those with any pod affinity or anti-affinity. */
  readonly podsWithAffinity: readonly PodInfo[]
  readonly podsWithRequiredAntiAffinity: readonly PodInfo[]
  readonly allocatable: ResourceVector
  readonly requested: ResourceVector
  readonly nonZeroRequested: { readonly milliCPU: number; readonly memory: number }
  /** Image name to size in bytes. */
  readonly images: ReadonlyMap<string, number>
}

const noPods: readonly PodInfo[] = []
const noImages: ReadonlyMap<string, number> = new Map()

/** A node nobody uses yet, or the place of a node that is not known yet. Throws QuantityParseError. */
export function newNodeInfo(name: string, node?: Node): NodeInfo {
  const empty: NodeInfo = {
    name,
    node: undefined,
    pods: noPods,
    podsWithAffinity: noPods,
    podsWithRequiredAntiAffinity: noPods,
    allocatable: emptyVector,
    requested: emptyVector,
    nonZeroRequested: { milliCPU: 0, memory: 0 },
    images: noImages,
  }
  return node === undefined ? empty : withNode(empty, node)
}

/** The same pods on another state of the node. */
export function withNode(info: NodeInfo, node: Node): NodeInfo {
  const images = new Map<string, number>()
  for (const image of node.status?.images ?? []) {
    for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0)
  }
  return { ...info, node, allocatable: parseVector(node.status?.allocatable), images }
}

/** The pods of a node that is gone. */
export function withoutNode(info: NodeInfo): NodeInfo {
  return { ...info, node: undefined, allocatable: emptyVector, images: noImages }
}

/** With one more pod. */
export function withPod(info: NodeInfo, pod: PodInfo): NodeInfo {
  return {
    ...info,
    pods: [...info.pods, pod],
    podsWithAffinity: pod.hasPodAffinity ? [...info.podsWithAffinity, pod] : info.podsWithAffinity,
    podsWithRequiredAntiAffinity: pod.hasRequiredAntiAffinity
      ? [...info.podsWithRequiredAntiAffinity, pod]
      : info.podsWithRequiredAntiAffinity,
    requested: combine(info.requested, pod.requests, 1),
    nonZeroRequested: {
      milliCPU: info.nonZeroRequested.milliCPU + pod.nonZero.milliCPU,
      memory: info.nonZeroRequested.memory + pod.nonZero.memory,
    },
  }
}

/** The last one takes the place of the one that goes, as upstream does: ties of preemption depend on the order. */
function without(pods: readonly PodInfo[], gone: PodInfo): readonly PodInfo[] {
  const left = pods.slice(0, -1)
  const index = pods.indexOf(gone)
  const last = pods[pods.length - 1]
  if (index < left.length && last !== undefined) left[index] = last
  return left
}

/** Without the pod of that uid; the same node when it is not there. */
export function withoutPod(info: NodeInfo, uid: string): NodeInfo {
  const gone = info.pods.find((pod) => pod.uid === uid)
  if (gone === undefined) return info
  return {
    ...info,
    pods: without(info.pods, gone),
    podsWithAffinity: gone.hasPodAffinity ? without(info.podsWithAffinity, gone) : info.podsWithAffinity,
    podsWithRequiredAntiAffinity: gone.hasRequiredAntiAffinity
      ? without(info.podsWithRequiredAntiAffinity, gone)
      : info.podsWithRequiredAntiAffinity,
    requested: combine(info.requested, gone.requests, -1),
    nonZeroRequested: {
      milliCPU: info.nonZeroRequested.milliCPU - gone.nonZero.milliCPU,
      memory: info.nonZeroRequested.memory - gone.nonZero.memory,
    },
  }
}
