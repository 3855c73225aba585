import type { PodInfo } from '../framework/pod-info.ts'

/** When the pod started, in milliseconds. A pod that has not started yet is later than any that has. */
export function startOf({ pod }: PodInfo): number {
  const { startTime } = pod.status ?? {}
  if (startTime === undefined) return Number.POSITIVE_INFINITY
  const time = Date.parse(startTime)
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}

/**
 * Sorts pods by importance: the higher priority first, then the longer running. Of two that have not started, upstream compares the clock with
 * itself a moment later, so that each seems older than the one before: the last one comes first here as there.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/util/utils.go MoreImportantPod
 */
export function byImportance(pods: readonly PodInfo[]): readonly PodInfo[] {
  return [...pods.entries()]
    .sort(([leftIndex, left], [rightIndex, right]) => {
      if (left.priority !== right.priority) return right.priority - left.priority
      const [one, other] = [startOf(left), startOf(right)]
      if (one !== other) return one < other ? -1 : 1
      return one === Number.POSITIVE_INFINITY ? rightIndex - leftIndex : leftIndex - rightIndex
    })
    .map(([, pod]) => pod)
}
