import type { Pod } from '@kube-bonsai/api-types/core/v1'

/** Which part of a container's log is asked for. */
export interface PodLogOptions {
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  /** RFC 3339. */
  readonly sinceTime?: string
  readonly limitBytes?: number
}

/** What the API server asks of the kubelet of a node; whoever runs nodes fills it in. */
export interface NodeProxy {
  /** The log as text, piece by piece. Throws an Error whose message is the kubelet's when there is no such container. */
  logs(pod: Pod, options: PodLogOptions): AsyncIterable<string>
}
