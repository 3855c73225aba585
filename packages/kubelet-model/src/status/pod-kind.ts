import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'

const sourceAnnotation = 'kubernetes.io/config.source'
const hashAnnotation = 'kubernetes.io/config.hash'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** The lowest priority of the system's own pods. */
const systemCriticalPriority = 2_000_000_000

const annotation = (pod: Pod, name: string): string | undefined => {
  const { annotations } = pod.metadata
  return annotations !== undefined && Object.hasOwn(annotations, name) ? annotations[name] : undefined
}

/** True for a pod that the kubelet got from elsewhere than the API. @see pkg/kubelet/types/pod_update.go IsStaticPod */
export function isStaticPod(pod: Pod): boolean {
  const source = annotation(pod, sourceAnnotation)
  return source !== undefined && source !== 'api'
}

/**
 * The uid under which a pod's containers run: a mirror pod has none of its own, they are those of its static pod.
 * @see pkg/kubelet/pod/pod_manager.go TranslatePodUID
 */
export function runtimeUid(pod: Pod): string {
  const hash = isMirrorPod(pod) ? annotation(pod, hashAnnotation) : undefined
  return hash ?? pod.metadata.uid ?? ''
}

/** A pod of the API as the kubelet sees it: whatever it says itself, it did not come from a file. */
export function fromApi(pod: Pod): Pod {
  if (!isStaticPod(pod)) return pod
  const annotations = { ...pod.metadata.annotations, [sourceAnnotation]: 'api' }
  return { ...pod, metadata: { ...pod.metadata, annotations } }
}

/** True for the API's image of a static pod. */
export function isMirrorPod(pod: Pod): boolean {
  return annotation(pod, mirrorAnnotation) !== undefined
}

/** True for a pod that goes last when a node runs short: static, mirror, or of a system priority. */
export function isCriticalPod(pod: Pod): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec?.priority ?? 0) >= systemCriticalPriority
}

/** True when a pod has init containers that stay up. */
export function hasSidecars(pod: Pod): boolean {
  return pod.spec?.initContainers?.some(isSidecar) === true
}
