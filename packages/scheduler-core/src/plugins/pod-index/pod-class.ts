import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { LabelSet } from '@kube-bonsai/apimachinery'
import type { PodInfo } from '../../framework/pod-info.ts'
import { type AffinityTerms, affinityTerms } from '../inter-pod-affinity/terms.ts'

/** Pods that affinity and spreading cannot tell apart: same namespace, labels and affinity, and equally alive. */
export interface PodClass {
  readonly key: string
  readonly namespace: string
  readonly labels: LabelSet
  readonly isTerminating: boolean
  /** The pod affinity of the pods themselves; undefined without any. */
  readonly terms: AffinityTerms | undefined
  readonly hasRequiredAntiAffinity: boolean
  /** How many of them each node holds, by name. */
  readonly nodes: Map<string, number>
  /** The same by the values of a node label, for the labels that were asked for. */
  readonly byTopology: Map<string, Map<string, number>>
}

const keys = new WeakMap<PodInfo, string>()

/** What tells the classes apart. */
export function classKey(info: PodInfo): string {
  const known = keys.get(info)
  if (known !== undefined) return known
  const { metadata, spec } = info.pod
  const labels = Object.entries(metadata.labels ?? {}).sort(([left], [right]) => (left < right ? -1 : 1))
  const affinity = info.hasPodAffinity ? [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity] : []
  const key = JSON.stringify([metadata.namespace, metadata.deletionTimestamp !== undefined, labels, affinity])
  keys.set(info, key)
  return key
}

/** A class that holds no pod yet. */
export function newPodClass(key: string, info: PodInfo): PodClass {
  const { pod, hasPodAffinity, hasRequiredAntiAffinity } = info
  return {
    key,
    namespace: namespaceOf(pod),
    labels: pod.metadata.labels ?? {},
    isTerminating: pod.metadata.deletionTimestamp !== undefined,
    terms: hasPodAffinity ? affinityTerms(pod) : undefined,
    hasRequiredAntiAffinity,
    nodes: new Map(),
    byTopology: new Map(),
  }
}

/** The namespace of a pod. */
export function namespaceOf(pod: Pod): string {
  return pod.metadata.namespace ?? ''
}
