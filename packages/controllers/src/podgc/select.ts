import type { Node } from '../api/core.ts'
import { byCreation } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isPodTerminal } from '../pods/state.ts'

/** Pods that nobody else will ever clean up, by why. */
export interface PodGarbage {
  /** Ended pods beyond the threshold: evicted ones first, then the oldest. */
  readonly terminated: readonly Pod[]
  /** Pods that are being deleted on a node that was marked as out of service. */
  readonly outOfService: readonly Pod[]
  /** Pods of nodes that do not exist. */
  readonly orphaned: readonly Pod[]
  /** Pods that were deleted before they had a node. */
  readonly unscheduled: readonly Pod[]
}

const isEvicted = ({ status }: Pod): boolean => status?.phase === 'Failed' && status.reason === 'Evicted'
const nodeName = ({ spec }: Pod): string => spec.nodeName ?? ''

/**
 * Sorts out pods for garbage collection.
 *
 * @param threshold how many ended pods may stay; 0 or less keeps all of them
 * @see pkg/controller/podgc/gc_controller.go
 */
export function selectPodGarbage(pods: readonly Pod[], nodes: readonly Node[], threshold: number): PodGarbage {
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]))
  const ended = pods.filter(isPodTerminal)
  const surplus = threshold > 0 ? Math.max(0, ended.length - threshold) : 0
  const oldest = ended.sort((a, b) => Number(isEvicted(b)) - Number(isEvicted(a)) || byCreation(a, b))
  const deleted = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined)
  return {
    terminated: oldest.slice(0, surplus),
    outOfService: deleted.filter((pod) => isOutOfService(byName.get(nodeName(pod)))),
    orphaned: pods.filter((pod) => nodeName(pod) !== '' && !byName.has(nodeName(pod))),
    unscheduled: deleted.filter((pod) => nodeName(pod) === ''),
  }
}

function isOutOfService(node: Node | undefined): boolean {
  if (node === undefined) return false
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  return !ready && (node.spec?.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/out-of-service')
}
