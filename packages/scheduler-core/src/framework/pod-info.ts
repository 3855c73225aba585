import type { ContainerPort, Pod } from '@kube-bonsai/api-types/core/v1'
import { hasPodLevelRequests, podRequests } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import { assumedMemory, assumedMilliCPU, type ResourceVector, toVector } from './resource.ts'

/** A pod with what the scheduler derives from it once and uses often. */
export interface PodInfo {
  readonly pod: Pod
  /** `namespace/name`. */
  readonly key: string
  readonly uid: string
  readonly priority: number
  /** What it takes from its node, resizes in progress included. */
  readonly requests: ResourceVector
  /** The same for scoring: containers without a request count with an assumed one. */
  readonly nonZero: { readonly milliCPU: number; readonly memory: number }
  readonly hostPorts: readonly ContainerPort[]
  /** True with any term of pod affinity or anti-affinity, preferred ones included. */
  readonly hasPodAffinity: boolean
  readonly hasRequiredAntiAffinity: boolean
  /** `namespace/name` of the claims that its volumes name; not those of ephemeral volumes. */
  readonly claims: readonly string[]
}

const assumed: ReadonlyMap<string, Quantity> = new Map([
  ['cpu', Quantity.parse(`${assumedMilliCPU}m`)],
  ['memory', Quantity.parse(String(assumedMemory))],
])

/** Derives all of it. Throws QuantityParseError for an amount that does not parse. */
export function newPodInfo(pod: Pod): PodInfo {
  const options = { useStatusResources: true }
  const stated = podRequests(pod, options)
  const requests = toVector(stated)
  // Where the pod itself requests something, only what is missing altogether is assumed.
  const missing = hasPodLevelRequests(pod) ? new Map([...assumed].filter(([name]) => !stated.has(name))) : assumed
  const nonZero =
    missing.size === 0 ? requests : toVector(podRequests(pod, { ...options, nonMissingRequests: missing }))
  return {
    pod,
    key: podKey(pod),
    uid: pod.metadata.uid ?? '',
    priority: pod.spec?.priority ?? 0,
    requests,
    nonZero: { milliCPU: nonZero.milliCPU, memory: nonZero.memory },
    hostPorts: hostPorts(pod),
    ...affinities(pod),
    claims: claims(pod),
  }
}

function affinities({ spec }: Pod): Pick<PodInfo, 'hasPodAffinity' | 'hasRequiredAntiAffinity'> {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {}
  if (podAffinity === undefined && podAntiAffinity === undefined) return without
  const hasRequiredAntiAffinity = some(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
  const hasPodAffinity =
    hasRequiredAntiAffinity ||
    some(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution) ||
    some(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution) ||
    some(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
  return { hasPodAffinity, hasRequiredAntiAffinity }
}

const without = { hasPodAffinity: false, hasRequiredAntiAffinity: false } as const

function some(terms: readonly unknown[] | undefined): boolean {
  return terms !== undefined && terms.length > 0
}

const noClaims: readonly string[] = []

function claims({ spec, metadata }: Pod): readonly string[] {
  if (spec?.volumes === undefined) return noClaims
  const names = spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
  return names.length === 0 ? noClaims : names.map((name) => `${metadata.namespace ?? ''}/${name}`)
}

/** `namespace/name` of a pod. */
export function podKey(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`
}

/** The ports that a pod takes on its node, those of sidecars included. */
function hostPorts(pod: Pod): readonly ContainerPort[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap((container) =>
    (container.ports ?? []).filter((port) => (port.hostPort ?? 0) > 0),
  )
}
