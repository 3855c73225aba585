import type { Taint, Toleration } from '@kube-bonsai/api-types/core/v1'
import { type TolerationOptions, toleratesTaint } from '@kube-bonsai/component-helpers'

/** The taints that drive pods away. */
export function evictingTaints(taints: readonly Taint[] = []): readonly Taint[] {
  return taints.filter(({ effect }) => effect === 'NoExecute')
}

/**
 * How long a pod may stay on a node with such taints, in milliseconds: 0 when it must go at once, undefined when it
 * may stay for ever. Of the tolerations that match, the shortest time counts.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/tainteviction/taint_eviction.go processPodOnNode
 */
export function evictionDelay(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] = [],
  options: TolerationOptions = {},
): number | undefined {
  let shortest: number | undefined
  for (const taint of taints) {
    const used = tolerations.find((toleration) => toleratesTaint(toleration, taint, options))
    if (used === undefined) return 0
    const { tolerationSeconds } = used
    if (tolerationSeconds === undefined) continue
    const delay = Math.max(0, tolerationSeconds) * 1000
    if (shortest === undefined || delay < shortest) shortest = delay
  }
  return shortest
}
