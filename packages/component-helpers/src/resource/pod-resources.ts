import type { Container, ContainerStatus, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Quantity } from '@kube-bonsai/quantity'
import { addResources, maxResources, parseResources, type Resources } from './resource-list.ts'

/** Whose turn it is when a caller wants to see each container's amounts. */
export type ContainerRole = 'container' | 'init'

/** What to count. Everything is off by default: the plain spec, pod-level resources and overhead included. */
export interface PodResourcesOptions {
  /** Count what the kubelet has allocated and applied (in-place resize) beside what the spec asks for. */
  readonly useStatusResources?: boolean
  /** The same for pod-level resources. */
  readonly podLevelResize?: boolean
  readonly excludeOverhead?: boolean
  readonly skipPodLevelResources?: boolean
  readonly skipContainerLevelResources?: boolean
  /** Stands in for requests that a container does not make. */
  readonly nonMissingRequests?: Resources
  /** Told of each container's effective amounts, in order. */
  readonly onContainer?: (resources: Resources, role: ContainerRole) => void
}

/** Amounts of one container or pod as the three sides of a resize see them. */
interface ResourceState {
  readonly spec: Resources
  readonly actuated: Resources
  readonly allocated: Resources
}

type Side = 'requests' | 'limits'

/**
 * What a pod asks for in total: containers and sidecars together, at least what any init container needs while it runs,
 * pod-level requests in place of theirs, and overhead. Throws QuantityParseError for an amount that does not parse.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/component-helpers/resource/helpers.go
 */
export function podRequests(pod: Pod, options: PodResourcesOptions = {}): Resources {
  const base = options.skipContainerLevelResources === true ? new Map() : containerRequests(pod, options)
  const total = new Map(base)
  if (options.skipPodLevelResources !== true && hasPodLevel(pod, ['requests'])) {
    applyPodLevel(pod, 'requests', total, options)
  }
  return options.excludeOverhead === true ? total : addResources(total, parseResources(pod.spec?.overhead))
}

/** The most a pod may use in total; overhead counts only on top of a limit that is not zero. @see podRequests */
export function podLimits(pod: Pod, options: PodResourcesOptions = {}): Resources {
  const total = new Map(containerLimits(pod, options))
  if (options.skipPodLevelResources !== true && hasPodLevel(pod, ['requests', 'limits'])) {
    applyPodLevel(pod, 'limits', total, options)
  }
  if (options.excludeOverhead === true) return total
  for (const [name, amount] of parseResources(pod.spec?.overhead)) {
    const known = total.get(name)
    if (known !== undefined && !known.isZero()) total.set(name, known.add(amount))
  }
  return total
}

/** What the containers ask for together, without pod-level requests and overhead. */
export function containerRequests(pod: Pod, options: PodResourcesOptions = {}): Resources {
  return aggregate(pod, 'requests', options)
}

/** What the containers may use together, without pod-level limits and overhead. */
export function containerLimits(pod: Pod, options: PodResourcesOptions = {}): Resources {
  return aggregate(pod, 'limits', options)
}

/** True when the pod itself, not a container, sets a resource that can be set there: cpu, memory, huge pages. */
export function hasPodLevelResources(pod: Pod): boolean {
  return hasPodLevel(pod, ['requests', 'limits'])
}

/** True when the pod itself requests such a resource. */
export function hasPodLevelRequests(pod: Pod): boolean {
  return hasPodLevel(pod, ['requests'])
}

/** True when the pod itself limits such a resource. */
export function hasPodLevelLimits(pod: Pod): boolean {
  return hasPodLevel(pod, ['limits'])
}

/** True for the resources that a pod can set for all of its containers together. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
}

/** Whether a requested resize can never, or cannot yet, be granted on the pod's node. */
export function resizePending(pod: Pod): 'Infeasible' | 'Deferred' | undefined {
  const pending = pod.status?.conditions?.find((condition) => condition.type === 'PodResizePending')
  return pending?.reason === 'Infeasible' || pending?.reason === 'Deferred' ? pending.reason : undefined
}

/** True for an init container that keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

function hasPodLevel(pod: Pod, sides: readonly Side[]): boolean {
  const resources = pod.spec?.resources
  return sides.some((side) => Object.keys(resources?.[side] ?? {}).some(isPodLevelResource))
}

function applyPodLevel(pod: Pod, side: Side, total: Map<string, Quantity>, options: PodResourcesOptions): void {
  const spec = parseResources(pod.spec?.resources?.[side])
  const status = pod.status?.resources
  const counted =
    options.podLevelResize === true && options.useStatusResources === true && status !== undefined
      ? effective(pod, side, {
          spec,
          actuated: parseResources(status[side]),
          allocated: parseResources(pod.status?.allocatedResources),
        })
      : spec
  for (const [name, amount] of spec) {
    if (isPodLevelResource(name)) total.set(name, counted.get(name) ?? amount)
  }
}

function aggregate(pod: Pod, side: Side, options: PodResourcesOptions): Resources {
  const statuses = options.useStatusResources === true ? statusesByName(pod) : undefined
  const amounts = (container: Container, fromStatus: boolean): Resources => {
    const spec = container.resources?.[side]
    const status = fromStatus ? statuses?.get(container.name) : undefined
    const counted =
      status?.resources === undefined
        ? parseResources(spec)
        : effective(pod, side, {
            spec: parseResources(spec),
            actuated: parseResources(status.resources[side]),
            allocated: parseResources(status.allocatedResources),
          })
    return side === 'requests' ? fillMissing(counted, options.nonMissingRequests) : counted
  }

  let running: Resources = new Map()
  for (const container of pod.spec?.containers ?? []) {
    const counted = amounts(container, true)
    options.onContainer?.(counted, 'container')
    running = addResources(running, counted)
  }
  let sidecars: Resources = new Map()
  let starting: Resources = new Map()
  for (const container of pod.spec?.initContainers ?? []) {
    const own = amounts(container, isSidecar(container))
    if (isSidecar(container)) {
      running = addResources(running, own)
      sidecars = addResources(sidecars, own)
    }
    const counted = isSidecar(container) ? sidecars : addResources(own, sidecars)
    options.onContainer?.(counted, 'init')
    starting = maxResources(starting, counted)
  }
  return maxResources(running, starting)
}

function effective(pod: Pod, side: Side, { spec, actuated, allocated }: ResourceState): Resources {
  const refused = resizePending(pod) === 'Infeasible'
  if (side === 'limits') return refused ? actuated : maxResources(spec, actuated)
  return refused ? maxResources(actuated, allocated) : maxResources(spec, actuated, allocated)
}

function fillMissing(resources: Resources, fallback: Resources | undefined): Resources {
  if (fallback === undefined || fallback.size === 0) return resources
  const filled = new Map(resources)
  for (const [name, amount] of fallback) if (!filled.has(name)) filled.set(name, amount)
  return filled
}

function statusesByName(pod: Pod): ReadonlyMap<string, ContainerStatus> {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  return new Map(all.map((status) => [status.name, status]))
}
