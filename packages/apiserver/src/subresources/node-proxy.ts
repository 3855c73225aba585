import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { PortRequest, PortResponse, PortsConnection, ProcessConnection } from '@kube-bonsai/apimachinery'

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

/** Which of its streams a client wants of a process. */
export interface AttachOptions {
  readonly container: string
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** A process that a client wants to start. */
export interface ExecOptions extends AttachOptions {
  readonly command: readonly string[]
}

/** What the API server asks of the kubelet of a node; whoever runs nodes fills it in. */
export interface NodeProxy {
  /** The log as text, piece by piece. Throws an Error whose message is the kubelet's when there is no such container. */
  logs(pod: Pod, options: PodLogOptions): AsyncIterable<string>
  /** Starts a process in a container. Throws as `logs` does; absent: refused as unsupported. */
  exec?(pod: Pod, options: ExecOptions): ProcessConnection
  /** Connects to the process that a container runs. Throws as `logs` does; absent: refused as unsupported. */
  attach?(pod: Pod, options: AttachOptions): ProcessConnection
  /** Leads to the ports of a pod. Throws as `logs` does; absent: refused as unsupported. */
  ports?(pod: Pod): PortsConnection
  /** Asks a node's kubelet itself for one of its pages (`/metrics`). Throws as `logs` does; absent: refused as unsupported. */
  page?(node: string, request: PortRequest): Promise<PortResponse>
}
