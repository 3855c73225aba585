import type { Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import type { NodeObjects } from '../pod/resolve-env.ts'
import type { MirrorClient } from './static-pods/mirror-pod.ts'

/** A token as the API has issued it. */
export interface IssuedToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The kubelet's doors to the cluster; whoever runs a kubelet fills them in with a client. */
export interface KubeletApi {
  readonly objects: NodeObjects
  /** Writes a pod's status; `pod` has the one that was written before. Resolves with false when the pod is gone; rejects for anything else, and is tried again then. */
  writeStatus(pod: Pod, status: PodStatus): Promise<boolean>
  /** Removes a pod whose containers have ended: grace 0, only if it is still the one of this uid. */
  removePod(pod: Pod): Promise<void>
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** An event about the node itself. */
  nodeEvent?(type: 'Normal' | 'Warning', reason: string, message: string): void
  /** The node's conditions have changed: its status is to be written now. */
  nodeChanged?(): void
  /** Asks for a token of a pod's service account, bound to the pod. Rejects with what the API answers. */
  requestToken?(
    pod: Pod,
    request: { readonly audiences: readonly string[]; readonly expirationSeconds: number },
  ): Promise<IssuedToken>
  /** How static pods are shown in the API; without it they only run. */
  readonly mirrors?: MirrorClient
}
