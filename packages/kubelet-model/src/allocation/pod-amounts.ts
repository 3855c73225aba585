import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar, podRequests } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'

/** What a pod asks of its node: millicores and bytes. */
export interface Amounts {
  readonly cpu: bigint
  readonly memory: bigint
}

/** The cpu and memory that a pod requests in total. */
export function amountsOf(pod: Pod): Amounts {
  const requests = podRequests(pod)
  return { cpu: requests.get('cpu')?.milliValue() ?? 0n, memory: requests.get('memory')?.value() ?? 0n }
}

type Resources = NonNullable<Container['resources']>

/** Resources of containers by name: what can change in place. */
export type ContainerResources = ReadonlyMap<string, Resources>

/** The resources that a pod's spec states, of every container that may be resized. */
export function resourcesOf(pod: Pod): ContainerResources {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  return new Map(containers.map((container) => [container.name, container.resources ?? {}]))
}

/** The same of the containers that run on: sidecars and the pod's own. */
export function resizableResources(pod: Pod): ContainerResources {
  const containers = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])]
  return new Map(containers.map((container) => [container.name, container.resources ?? {}]))
}

/** The pod as it would be with these resources; the pod itself when they are its own. */
export function withResources(pod: Pod, resources: ContainerResources): Pod {
  const { spec } = pod
  if (spec === undefined || sameResources(resourcesOf(pod), resources)) return pod
  const replace = (container: Container): Container => {
    const own = resources.get(container.name)
    if (own === undefined) return container
    const { requests: _requests, limits: _limits, ...rest } = container.resources ?? {}
    return { ...container, resources: { ...rest, ...own } }
  }
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(replace),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(replace) }),
    },
  }
}

/** True when both state the same cpu and memory for every container that both name, in whatever notation. */
export function sameResources(left: ContainerResources, right: ContainerResources): boolean {
  return [...left].every(([name, own]) => {
    const other = right.get(name)
    return other === undefined || other === own || changedResources(own, other).length === 0
  })
}

/** Which of cpu and memory differ, as a request or a limit. */
export function changedResources(left: Resources, right: Resources): readonly ('cpu' | 'memory')[] {
  const differs = (name: string) =>
    !same(left.requests?.[name], right.requests?.[name]) || !same(left.limits?.[name], right.limits?.[name])
  return (['cpu', 'memory'] as const).filter(differs)
}

/** Which of cpu and memory differ as requests. */
export function changedRequests(left: Resources, right: Resources): readonly ('cpu' | 'memory')[] {
  return (['cpu', 'memory'] as const).filter((name) => !same(left.requests?.[name], right.requests?.[name]))
}

function same(left: string | number | undefined, right: string | number | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  return left === right || Quantity.parse(String(left)).cmp(Quantity.parse(String(right))) === 0
}
