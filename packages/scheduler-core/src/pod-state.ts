import type { Pod } from '@kube-bonsai/api-types/core/v1'

/** The pod as if it had been bound to the node. */
export function onNode(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { containers: [], ...pod.spec, nodeName } }
}

/** True for a pod that is on its way out. */
export function isDeleting(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

/** True for a pod that will never run again. */
export function isTerminated(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}
