import type { Pod, Service } from '@kube-bonsai/api-types/core/v1'
import type { InformerFactory } from '@kube-bonsai/client'
import type { Random } from '@kube-bonsai/clock'
import {
  ConnectionRefusedError,
  type ContainerConfig,
  type ContainerNetwork,
  type ProgramRequest,
  type ProgramResponse,
  runtimeUid,
} from '@kube-bonsai/kubelet-model'
import type { SimulatedNode } from '../kubelet/simulated-node.ts'
import { resolveName } from './cluster-names.ts'
import { ServiceEndpoints } from './service-endpoints.ts'

/** What the network of a cluster connects. */
export interface ClusterNetworkOptions {
  readonly informers: InformerFactory
  readonly random: Random
  readonly nodes: () => Iterable<SimulatedNode>
  /** The pods that are bound to a node. */
  podsOf(node: string): readonly Pod[]
  /** The API server, behind the service `kubernetes`. */
  readonly api: (request: Request) => Promise<Response>
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

/** Where a connection ends: at the API server, or at a pod on a node. */
type Target = 'api' | { readonly node: SimulatedNode; readonly pod: Pod; readonly port: number }

/**
 * The network of a cluster as its containers see it: names, services and pods that listen. Images that nobody wrote a program for answer
 * with 200 on the ports that their containers declare, as they pass probes. Policies have no effect.
 */
export class ClusterNetwork {
  readonly #options: ClusterNetworkOptions
  readonly #services: ServiceEndpoints

  constructor(options: ClusterNetworkOptions) {
    this.#options = options
    this.#services = new ServiceEndpoints(options.informers)
  }

  /** What a container on a node reaches. */
  of(container: ContainerConfig, node: SimulatedNode): ContainerNetwork {
    const { podUid, podNamespace } = container
    const own = () => this.#options.podsOf(node.name).find((pod) => runtimeUid(pod) === podUid)
    const find = (address: string, port: number): Target | undefined => {
      const pod = own()
      const target = loopback.test(address) && pod ? { node, pod, port } : this.#find(node, address, port)
      return target === undefined || target === 'api' || answers(target) ? target : undefined
    }
    return {
      get addresses() {
        return (own()?.status?.podIPs ?? []).map(({ ip }) => ip)
      },
      resolve: (name) => (name === 'localhost' ? ['127.0.0.1'] : resolveName(this.#services, podNamespace, name)),
      connects: (address, port) => find(address, port) !== undefined,
      request: async (address, port, request) => {
        const target = find(address, port)
        if (target === undefined) throw new ConnectionRefusedError(port)
        return target === 'api' ? askApi(this.#options.api, request) : ask(target, request)
      },
    }
  }

  #find(from: SimulatedNode, address: string, port: number): Target | undefined {
    if (!isConnected(from)) return undefined
    const service = this.#services.at(address)
    if (service !== undefined) return this.#behind(from, service, (own) => own.port === port)
    for (const node of this.#options.nodes()) {
      if (node.hostIP === address) return this.#onNode(node, port)
      if (!isIn(node.podCIDR, address)) continue
      const isThere = ({ status, spec }: Pod) => status?.podIP === address && spec?.hostNetwork !== true
      const pod = this.#options.podsOf(node.name).find(isThere)
      return pod !== undefined && isConnected(node) ? { node, pod, port } : undefined
    }
    return undefined
  }

  #behind(from: SimulatedNode, service: Service, isWanted: (port: ServicePort) => boolean): Target | undefined {
    const { metadata, spec } = service
    const wanted = spec?.ports?.find(isWanted)
    if (wanted === undefined) return undefined
    if (metadata.namespace === 'default' && metadata.name === 'kubernetes') return 'api'
    const all = this.#services.ready(service, wanted.name ?? '')
    const near = spec?.internalTrafficPolicy === 'Local' ? all.filter(({ nodeName }) => nodeName === from.name) : all
    const chosen = near.length === 0 ? undefined : near[this.#options.random.int(near.length)]
    return chosen && this.#find(from, chosen.address, chosen.port)
  }

  /** Whoever listens in the node's own network, or the service whose port is open on every node. */
  #onNode(node: SimulatedNode, port: number): Target | undefined {
    if (!isConnected(node)) return undefined
    for (const pod of this.#options.podsOf(node.name)) {
      const target = { node, pod, port }
      if (pod.spec?.hostNetwork === true && answers(target)) return target
    }
    const service = this.#services.onNodePort(port)
    return service && this.#behind(node, service, ({ nodePort }) => nodePort === port)
  }
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number]
type PodTarget = Exclude<Target, 'api'>

/** Pods of a machine that is off, or cut off, are out of reach; a kubelet that does not run does not matter. */
function isConnected({ state }: SimulatedNode): boolean {
  return state !== 'off' && state !== 'partitioned'
}

/** Ranges of nodes end with an octet. */
function isIn(range: string, address: string): boolean {
  return address.startsWith(range.slice(0, range.lastIndexOf('.') + 1))
}

function answers(target: PodTarget): boolean {
  const { node, pod, port } = target
  return node.runtime.listens(runtimeUid(pod), port) || standsIn(target)
}

async function ask(target: PodTarget, request: ProgramRequest): Promise<ProgramResponse> {
  const { node, pod, port } = target
  const uid = runtimeUid(pod)
  return node.runtime.listens(uid, port) ? node.runtime.request(uid, port, request) : { status: 200, body: '' }
}

/** True where a container declares the port whose program takes no part in networking. */
function standsIn({ node: { runtime }, pod, port }: PodTarget): boolean {
  const declares = (name: string) => {
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
    return containers.find((one) => one.name === name)?.ports?.some(({ containerPort }) => containerPort === port)
  }
  return runtime
    .list(runtimeUid(pod))
    .some(({ id, name, state }) => state === 'running' && declares(name) === true && !runtime.answers(id, 'network'))
}

async function askApi(
  api: ClusterNetworkOptions['api'],
  { method, path, headers, body }: ProgramRequest,
): Promise<ProgramResponse> {
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const answer = await api(
    new Request(new URL(path, 'https://kubernetes.default.svc'), { method, headers, ...(hasBody && { body }) }),
  )
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
}
