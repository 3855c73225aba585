import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type ApiRequest, type ApiResponse, newBadRequest, newNotFound } from '@kube-bonsai/apimachinery'
import type { Query } from '../request/query.ts'
import type { NodeProxy } from '../subresources/node-proxy.ts'
import { containerFor } from '../subresources/pod-log.ts'
import { unsupported } from './connecting.ts'

/** Leads a client to the ports of a pod. Throws as `connectProcess` does. @see pkg/registry/core/pod/rest/subresources.go PortForwardREST */
export async function connectPorts(
  pod: Pod,
  { headers = {} }: ApiRequest,
  proxy: NodeProxy | undefined,
  isNode: (name: string) => Promise<boolean>,
): Promise<ApiResponse> {
  const { nodeName } = pod.spec ?? {}
  if (!nodeName) throw newBadRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  if (!(await isNode(nodeName))) throw newNotFound({ group: '', resource: 'nodes' }, nodeName)
  const upgrade = headers['upgrade']?.toLowerCase() ?? ''
  if (upgrade === '') throw newBadRequest('Upgrade request required')
  if (upgrade !== 'websocket')
    throw newBadRequest(`unsupported: pods/portforward over ${upgrade}; use WebSocket, as kubectl does since v1.31`)
  if (proxy?.ports === undefined) throw unsupported('pods/portforward')
  return { status: 101, headers: {}, ports: proxy.ports(pod) }
}

/**
 * Leads a client to a process of a pod. Throws a StatusError: 400 for a pod without a node, a container that does not run
 * or a request that does not ask to be upgraded to WebSocket, 404 where the node is gone.
 *
 * @see pkg/registry/core/pod/rest/subresources.go ExecREST, AttachREST
 */
export async function connectProcess(
  subresource: 'exec' | 'attach',
  pod: Pod,
  { headers = {} }: ApiRequest,
  query: Query,
  proxy: NodeProxy | undefined,
  isNode: (name: string) => Promise<boolean>,
): Promise<ApiResponse> {
  const container = containerFor(pod, query.text('container'))
  const { nodeName } = pod.spec ?? {}
  if (!nodeName) throw newBadRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  if (!(await isNode(nodeName))) throw newNotFound({ group: '', resource: 'nodes' }, nodeName)
  const upgrade = headers['upgrade']?.toLowerCase() ?? ''
  if (upgrade === '') throw newBadRequest('Upgrade request required')
  if (upgrade !== 'websocket')
    throw newBadRequest(`unsupported: pods/${subresource} over ${upgrade}; use WebSocket, as kubectl does since v1.30`)
  const options = {
    container,
    stdin: query.flag('stdin'),
    stdout: query.flag('stdout'),
    stderr: query.flag('stderr'),
    tty: query.flag('tty'),
  }
  if (!options.stdin && !options.stdout && !options.stderr)
    throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr')
  if (proxy?.[subresource] === undefined) throw unsupported(`pods/${subresource}`)
  const connection =
    subresource === 'exec'
      ? proxy.exec?.(pod, { ...options, command: query.all('command') })
      : proxy.attach?.(pod, options)
  return connection ? { status: 101, headers: {}, connection } : { status: 500, headers: {} }
}
