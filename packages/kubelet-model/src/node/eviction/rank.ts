import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { hasPodLevelResources, podRequests } from '@kube-bonsai/component-helpers'
import type { ContainerRuntime } from '../../runtime/container-runtime.ts'
import { diskOf, type PodStats } from './pod-stats.ts'
import { type Resource, resourceOf } from './signals.ts'
import type { Signal } from './thresholds.ts'

type Compare = (left: PodStats, right: PodStats) => number

const priority = ({ spec }: Pod): number => spec?.priority ?? 0

/**
 * Who goes first. When memory or disk are short: pods that use more than they asked for, then the less important, then those that
 * use the most beyond their request. When processes are: the less important, then those that have the most.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/helpers.go rankMemoryPressure
 */
export function inOrderFor(signal: Signal, runtime: ContainerRuntime): Compare {
  const resource = resourceOf(signal)
  if (resource === 'pids') {
    return (left, right) => priority(left.pod) - priority(right.pod) || right.pids - left.pids
  }
  const used = (stats: PodStats) => (resource === 'memory' ? stats.memory : diskOf(stats, signal, runtime))
  const request = resource === 'inodes' ? 'ephemeral-storage' : resource
  return (left, right) => {
    // Nobody can ask for inodes, so that whoever has any has too many; what counts then is measured by bytes all the same.
    const [over, otherOver] = [left, right].map((each) => used(each) > requestOf(each.pod, resource))
    if (over !== otherOver) return over === true ? -1 : 1
    const difference = priority(left.pod) - priority(right.pod)
    if (difference !== 0) return difference
    const [one, other] = [used(left) - requestOf(left.pod, request), used(right) - requestOf(right.pod, request)]
    return one === other ? 0 : one > other ? -1 : 1
  }
}

/** What a pod asks for, as the kubelet counts it: requests of the pod itself stand in for all others, overhead is no request. */
function requestOf(pod: Pod, resource: Resource): bigint {
  const skipContainerLevelResources = hasPodLevelResources(pod)
  const asked = podRequests(pod, { excludeOverhead: true, skipContainerLevelResources }).get(resource)?.value() ?? 0n
  if (asked === 0n) return 0n
  const withOverhead = podRequests(pod, { skipContainerLevelResources }).get(resource)?.value()
  return withOverhead ?? asked
}
