import type { Endpoints, Pod, Service } from '@kube-bonsai/api-types/core/v1'
import {
  type ApiRequest,
  type ApiResponse,
  type KubeObject,
  newBadRequest,
  newServiceUnavailable,
  type PortRequest,
  type PortResponse,
} from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { NodeProxy } from '../subresources/node-proxy.ts'
import { proxiedTarget, unsupported } from './connecting.ts'

/** What leads a proxied request on. */
export interface ProxySources {
  readonly proxy: NodeProxy | undefined
  readonly random: Random
  /** Reads the object of the path by its name. */
  get(name: string): Promise<KubeObject>
  /** Reads another object of the same namespace; undefined when there is none. */
  find(resource: 'pods' | 'endpoints', name: string): Promise<KubeObject | undefined>
}

/**
 * Hands a request on to a program in a pod, to one behind a service, or to a kubelet, and its answer back. Throws a StatusError:
 * 400 for a bad name, 404, 503 where nobody listens, 405 where nothing is simulated.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/pod/rest/subresources.go ProxyREST
 */
export async function proxyTo(
  resource: string,
  name: string,
  request: ApiRequest,
  sources: ProxySources,
): Promise<ApiResponse> {
  const target = proxiedTarget(resource, name)
  const object = await sources.get(target.name)
  const { proxy } = sources
  if ((resource === 'nodes' ? proxy?.page : proxy?.ports) === undefined) throw unsupported(`${resource}/proxy`)
  const rest = /\/proxy(\/.*)?$/s.exec(afterName(request.path, name))?.[1] ?? ''
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (rest === '' && isRead) return { status: 301, headers: { location: `${request.path}/` } }
  const forwarded = forward(request, rest)
  if (resource === 'nodes') return answer(await proxy?.page?.(target.name, forwarded))
  const { pod, port } =
    resource === 'pods' ? podTarget(object, target.port) : await servicePort(object, target, name, sources)
  const ports = proxy?.ports?.(pod)
  if (ports === undefined || !ports.listens(port)) {
    const why = `dial tcp ${pod.status?.podIP ?? ''}:${port}: connect: connection refused`
    throw newServiceUnavailable(`error trying to reach service: ${why}`)
  }
  return answer(await ports.request(port, forwarded))
}

/** The path from the name on; the name itself may be percent-encoded there or not. */
const afterName = (path: string, name: string): string => {
  const at = path.indexOf(`/${name}/proxy`)
  return at < 0 ? path : path.slice(at + 1 + name.length)
}

function forward({ method, query = {}, headers = {}, body }: ApiRequest, path: string): PortRequest {
  const params = new URLSearchParams()
  for (const [key, values] of Object.entries(query)) for (const value of [values].flat()) params.append(key, value)
  const { authorization: _secret, connection: _hop, ...own } = headers
  const search = params.size > 0 ? `?${params}` : ''
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  return { method, path: `${path || '/'}${search}`, headers: own, body: text }
}

function answer(response: PortResponse | undefined): ApiResponse {
  if (response === undefined) return { status: 502, headers: {} }
  const { status, headers = {}, body = '' } = response
  const type = { 'content-type': 'text/plain; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: new TextEncoder().encode(body) }
}

function podTarget(object: KubeObject, asked: string): { readonly pod: Pod; readonly port: number } {
  const pod = object as Pod
  if (!pod.status?.podIP) throw newBadRequest('address not allowed')
  const first = pod.spec?.containers?.flatMap(({ ports = [] }) => ports)[0]?.containerPort
  return { pod, port: asked === '' ? (first ?? 80) : Number(asked) }
}

async function servicePort(
  object: KubeObject,
  { name, port: asked }: { readonly name: string; readonly port: string },
  id: string,
  { find, random }: ProxySources,
): Promise<{ readonly pod: Pod; readonly port: number }> {
  const { spec } = object as Service
  let portName = asked
  if (/^\d+$/.test(asked)) {
    const found = spec?.ports?.find(({ port }) => port === Number(asked))
    if (found === undefined)
      throw newServiceUnavailable(`no service port ${asked} found for service ${JSON.stringify(name)}`)
    portName = found.name ?? ''
  }
  const { subsets = [] } = ((await find('endpoints', name)) ?? {}) as Partial<Endpoints>
  if (subsets.length === 0) throw newServiceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  for (const { addresses = [], ports = [] } of subsets) {
    const port = ports.find((one) => (one.name ?? '') === portName)
    if (port === undefined || addresses.length === 0) continue
    const start = random.int(addresses.length)
    for (let step = 0; step < addresses.length; step++) {
      const reference = addresses[(start + step) % addresses.length]?.targetRef
      const pod = reference?.kind === 'Pod' ? await find('pods', reference.name ?? '') : undefined
      if (pod) return { pod: pod as Pod, port: port.port }
    }
  }
  throw newServiceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`)
}
