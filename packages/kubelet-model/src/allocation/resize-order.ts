import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar, qosClass } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { isStaticPod } from '../status/pod-kind.ts'
import { type Amounts, amountsOf, changedRequests } from './pod-amounts.ts'

/** Why a resize cannot be had; `detail` is the label of the metric that counts it. */
export interface Refusal {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
  readonly detail?: string
}

/** What decides whether a resize can ever be had on a node. */
export interface ResizeLimits extends Amounts {
  readonly cpuManagerPolicy?: string
  readonly memoryManagerPolicy?: string
  readonly swaps?: (pod: Pod, container: Container) => boolean
}

/** Why a resize can never be had on this node as it is; undefined when it could. */
export function resizeRefusal(
  pod: Pod,
  allocated: Pod,
  limits: ResizeLimits,
  gates: FeatureGates,
): Refusal | undefined {
  const infeasible = (detail: string, message: string): Refusal => ({ reason: 'Infeasible', message, detail })
  if (isStaticPod(pod)) return infeasible('static_pod', 'In-place resize of static-pods is not supported')
  const changed = changes(pod, allocated)
  if (changed.some(([container, names]) => names.includes('memory') && swapsWithoutRestart(pod, container, limits))) {
    return infeasible('swap_limitation', 'In-place resize of containers with swap is not supported.')
  }
  if (qosClass(pod) === 'Guaranteed') {
    const pinned = 'Resize is infeasible for Guaranteed Pods alongside'
    const differs = (resource: string) => changed.some(([, names]) => names.includes(resource))
    const { cpuManagerPolicy, memoryManagerPolicy } = limits
    const freeCpu = gates.enabled('InPlacePodVerticalScalingExclusiveCPUs')
    if (cpuManagerPolicy === 'static' && !freeCpu && differs('cpu')) {
      return infeasible('guaranteed_pod_cpu_manager_static_policy', `${pinned} CPU Manager policy "static"`)
    }
    const freeMemory = gates.enabled('InPlacePodVerticalScalingExclusiveMemory')
    if (memoryManagerPolicy === 'Static' && !freeMemory && differs('memory')) {
      return infeasible('guaranteed_pod_memory_manager_static_policy', `${pinned} Memory Manager policy "Static"`)
    }
  }
  const wanted = amountsOf(pod)
  for (const name of ['memory', 'cpu'] as const) {
    if (wanted[name] <= limits[name]) continue
    const counts = `${name}, requested: ${wanted[name]}, capacity: ${limits[name]}`
    return infeasible('insufficient_node_allocatable', `Node didn't have enough capacity: ${counts}`)
  }
  return undefined
}

/** Containers that can be resized, with those of cpu and memory whose requests are to change. */
function changes(pod: Pod, allocated: Pod): readonly (readonly [Container, readonly string[]])[] {
  const had = new Map(
    [...(allocated.spec?.initContainers ?? []), ...(allocated.spec?.containers ?? [])].map((container) => [
      container.name,
      container,
    ]),
  )
  const resizable = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])]
  return resizable.map((container) => [
    container,
    changedRequests(container.resources ?? {}, had.get(container.name)?.resources ?? {}),
  ])
}

function swapsWithoutRestart(pod: Pod, container: Container, { swaps }: ResizeLimits): boolean {
  if (swaps === undefined || !swaps(pod, container)) return false
  const policy = container.resizePolicy?.find(({ resourceName }) => resourceName === 'memory')
  return policy?.restartPolicy !== 'RestartContainer'
}

/** Smaller numbers first: shrinking, then important, then guaranteed, then what waits longest. */
export function urgencyOf(pod: Pod, allocated: Pod, waitsSince: number | undefined): readonly number[] {
  const [wanted, had] = [amountsOf(pod), amountsOf(allocated)]
  const grows = wanted.cpu > had.cpu || wanted.memory > had.memory
  const guaranteed = qosClass(pod) === 'Guaranteed'
  return [grows ? 1 : 0, -(pod.spec?.priority ?? 0), guaranteed ? 0 : 1, waitsSince ?? Number.MAX_VALUE]
}

/** Compares urgencies number by number. */
export function compareUrgency(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
