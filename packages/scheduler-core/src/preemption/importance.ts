import type { PodInfo } from '../framework/pod-info.ts'
import { unstableSort } from './unstable-sort.ts'

/** When the pod started, in milliseconds. A pod that has not started yet is later than any that has. */
export function startOf({ pod }: PodInfo): number {
  const { startTime } = pod.status ?? {}
  if (startTime === undefined) return Number.POSITIVE_INFINITY
  const time = Date.parse(startTime)
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}

/**
 * Sorts pods by importance: the higher priority first, then the longer running. Of two that have not started, upstream compares the clock with
 * itself a moment later, so that each seems older than the other.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/util/utils.go MoreImportantPod
 */
export function byImportance(pods: readonly PodInfo[]): readonly PodInfo[] {
  const entries = pods.map((pod) => ({ pod, start: startOf(pod) }))
  const sorted = unstableSort(entries, (left, right) => {
    if (left.pod.priority !== right.pod.priority) return left.pod.priority > right.pod.priority
    return left.start < right.start || (left.start === Number.POSITIVE_INFINITY && right.start === left.start)
  })
  return sorted.map(({ pod }) => pod)
}
