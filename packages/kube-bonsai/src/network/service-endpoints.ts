import type { Service } from '@kube-bonsai/api-types/core/v1'
import type { EndpointSlice } from '@kube-bonsai/api-types/discovery/v1'
import type { Informer, InformerFactory } from '@kube-bonsai/client'

/** Where a connection to a service may end. */
export interface ServiceEndpoint {
  readonly address: string
  readonly port: number
  readonly nodeName: string | undefined
  readonly hostname: string | undefined
}

const byService = 'networkByService'
const byAddress = 'networkByAddress'

/** The services of a cluster and who stands behind them, from copies that informers keep. */
export class ServiceEndpoints {
  readonly #services: Informer<Service>
  readonly #slices: Informer<EndpointSlice>

  constructor(informers: InformerFactory) {
    this.#services = informers.informer('v1/services') as unknown as Informer<Service>
    this.#slices = informers.informer('discovery.k8s.io/v1/endpointslices') as unknown as Informer<EndpointSlice>
    this.#services.index(byAddress, addressesOf)
    this.#slices.index(byService, ({ metadata }) => [
      `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`,
    ])
  }

  named(namespace: string, name: string): Service | undefined {
    return this.#services.store.get(`${namespace}/${name}`)
  }

  /** The service that has this address, its own or one that it was given. */
  at(address: string): Service | undefined {
    return this.#services.store.byIndex(byAddress, address)[0]
  }

  /** The service that has a port open on every node. */
  onNodePort(port: number): Service | undefined {
    return this.#services.store.byIndex(byAddress, nodePortKey(port))[0]
  }

  /**
   * Those that are ready; where none is, those that serve while they end. Of all ports without `port`, which is the name of one.
   * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/proxy/topology.go
   */
  ready({ metadata }: Service, port?: string): readonly ServiceEndpoint[] {
    const ready: ServiceEndpoint[] = []
    const ending: ServiceEndpoint[] = []
    for (const slice of this.#slices.store.byIndex(byService, `${metadata.namespace}/${metadata.name}`)) {
      const ports = (slice.ports ?? []).filter(({ name = '' }) => port === undefined || name === port)
      // A headless service has names even where it has no ports.
      const numbers = port === undefined ? [0] : ports.flatMap((each) => each.port ?? [])
      for (const { addresses, conditions = {}, nodeName, hostname } of slice.endpoints ?? []) {
        const list =
          conditions.ready !== false ? ready : conditions.serving && conditions.terminating ? ending : undefined
        for (const address of addresses)
          for (const number of numbers) list?.push({ address, port: number, nodeName, hostname })
      }
    }
    return ready.length > 0 ? ready : ending
  }
}

const nodePortKey = (port: number): string => `node port ${port}`

function addressesOf({ spec, status }: Service): readonly string[] {
  const own = (spec?.clusterIPs ?? []).filter((address) => address !== 'None')
  const balancers = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])
  const nodePorts = (spec?.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePortKey(nodePort)] : []))
  return [...own, ...(spec?.externalIPs ?? []), ...balancers, ...nodePorts]
}
