import type { NodeSelectorTerm, Pod, Toleration } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Plugin, SignResult } from '../framework/interfaces.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import { pendingPodRequest } from '../framework/resource.ts'
import { unschedulable } from '../framework/status.ts'

type Sign = (pod: PodInfo, gates: FeatureGates) => SignResult

const tolerations: Sign = ({ pod }) =>
  new Map([['v1.Pod.Spec.Tolerations', sortedTolerations(pod.spec?.tolerations ?? [])]])

const resources: Sign = ({ pod }, gates) => {
  if (gates.enabled('DRAExtendedResource')) {
    return unschedulable('signature disabled when dra extended resources enabled')
  }
  const { milliCPU, memory, ephemeralStorage, scalars } = pendingPodRequest(pod)
  const request = {
    MilliCPU: milliCPU,
    Memory: memory,
    EphemeralStorage: ephemeralStorage,
    AllowedPodNumber: 0,
    ScalarResources: scalars.size === 0 ? null : Object.fromEntries(scalars),
  }
  return new Map([['v1.Pod.Spec.ContainerRequestsAndOverheads()', request]])
}

/** Config maps and secrets differ from pod to pod and decide nothing. */
const volumes: Sign = ({ pod }) => {
  const sources = (pod.spec?.volumes ?? [])
    .filter(({ configMap, secret }) => configMap === undefined && secret === undefined)
    .map(({ name: _, ...source }) => JSON.stringify(source))
  return new Map([['v1.Pod.Spec.Volumes.NonSyntheticSources()', sources.sort()]])
}

const signers: ReadonlyMap<string, Sign> = new Map<string, Sign>([
  ['NodeName', ({ pod }) => new Map([['v1.Pod.Spec.NodeName', pod.spec?.nodeName ?? '']])],
  ['NodeUnschedulable', tolerations],
  ['TaintToleration', tolerations],
  [
    'NodeAffinity',
    ({ pod }) =>
      new Map<string, unknown>([
        ['v1.Pod.Spec.Affinity.NodeAffinity', nodeAffinity(pod)],
        ['v1.Pod.Spec.Affinity.NodeSelector', pod.spec?.nodeSelector ?? null],
      ]),
  ],
  ['NodePorts', ({ pod }) => new Map([['v1.Pod.Spec.HostPorts()', hostPorts(pod)]])],
  ['NodeResourcesFit', resources],
  ['NodeResourcesBalancedAllocation', resources],
  ['VolumeRestrictions', volumes],
  ['NodeVolumeLimits', volumes],
  ['VolumeBinding', volumes],
  ['VolumeZone', volumes],
  ['ImageLocality', ({ pod }) => new Map([['v1.Pod.Spec.CanonicalImageNames()', imageNames(pod)]])],
])

/**
 * One of upstream's plugins with what it signs, unless it says so itself.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/kube-scheduler/framework/signers.go
 */
export function withSigner(plugin: Plugin, gates: FeatureGates): Plugin {
  const sign = signers.get(plugin.name)
  return plugin.sign !== undefined || sign === undefined ? plugin : { ...plugin, sign: (pod) => sign(pod, gates) }
}

function sortedTolerations(list: readonly Toleration[]): readonly Toleration[] {
  const order = ({ key = '', value = '' }: Toleration) => [key, value] as const
  return [...list].sort((left, right) => {
    const [one, other] = [order(left), order(right)]
    return compare(one[0], other[0]) || compare(one[1], other[1])
  })
}

function nodeAffinity({ spec }: Pod): unknown {
  const affinity = spec?.affinity?.nodeAffinity
  if (affinity === undefined) return null
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return {
    Required: required.map((term) => JSON.stringify(signTerm(term))).sort(),
    Preferred: preferred
      .map(({ weight, preference }) => JSON.stringify({ Weight: weight, Preference: signTerm(preference) }))
      .sort(),
  }
}

function signTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): unknown {
  const sign = (list: NonNullable<NodeSelectorTerm['matchExpressions']>) =>
    list
      .map(({ key, operator, values }) =>
        JSON.stringify({ key, operator, ...(values && { values: [...values].sort() }) }),
      )
      .sort()
  return { MatchExpressions: sign(matchExpressions), MatchFields: sign(matchFields) }
}

function hostPorts({ spec }: Pod): readonly number[] {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const ports = containers.flatMap((container) => (container.ports ?? []).map(({ hostPort = 0 }) => hostPort))
  return [...new Set(ports.filter((port) => port !== 0))].sort((left, right) => left - right)
}

function imageNames({ spec }: Pod): readonly string[] {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const names = containers.map(({ image = '' }) =>
    image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image,
  )
  return [...new Set(names)].sort(compare)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
