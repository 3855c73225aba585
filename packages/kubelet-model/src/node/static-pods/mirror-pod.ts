import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'

/** How a kubelet shows its static pods in the API. Everything rejects while the API cannot be reached. */
export interface MirrorClient {
  /** The node's own object; undefined where there is none. */
  node(): Promise<Node | undefined>
  /** One that is there already is no error. */
  create(pod: Pod): Promise<void>
  /** Deletes at once, only if it is still the one of this uid; true when it was there. */
  remove(pod: Pod): Promise<boolean>
}

const hashKey = 'kubernetes.io/config.hash'
const mirrorKey = 'kubernetes.io/config.mirror'

/** The API's image of a static pod; it belongs to its node. @see pkg/kubelet/pod/mirror_client.go CreateMirrorPod */
export function mirrorOf(pod: Pod, node: Node): Pod {
  const { uid: _uid, annotations, ...metadata } = pod.metadata
  const { name = '', uid = '' } = node.metadata
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...annotations, [mirrorKey]: annotations?.[hashKey] ?? '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
    },
  }
}

/** True when a mirror pod shows this version of a static pod. */
export function isMirrorOf(mirror: Pod, pod: Pod): boolean {
  return mirror.metadata.annotations?.[mirrorKey] === pod.metadata.annotations?.[hashKey]
}
