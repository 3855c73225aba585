import type { Service } from '../api/core.ts'
import { compare, namespaceOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { addressesOf, addressTypesOf, endpointPorts, mayBeEndpoint } from '../endpointslice/endpoint.ts'
import { portKey } from '../endpointslice/reconcile.ts'
import type { EndpointPort } from '../endpointslice/types.ts'
import { isPodReady } from '../pods/state.ts'

/** An address in an Endpoints object. */
export interface EndpointAddress {
  readonly ip: string
  readonly hostname?: string
  readonly nodeName?: string
  readonly targetRef: { readonly kind: string; readonly namespace: string; readonly name: string; readonly uid: string }
}

/** Addresses that share their ports. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[]
  readonly notReadyAddresses?: readonly EndpointAddress[]
  readonly ports?: readonly EndpointPort[]
}

/** The most addresses that an Endpoints object holds. */
export const maxAddresses = 1000

/** The subsets of a Service's Endpoints. Pods that are being deleted have no place in them. @see pkg/controller/endpoint */
export function subsetsOf(service: Service, selected: readonly Pod[]): readonly EndpointSubset[] {
  const [family = 'IPv4'] = addressTypesOf(service)
  const groups = new Map<
    string,
    { ports: readonly EndpointPort[]; ready: EndpointAddress[]; waiting: EndpointAddress[] }
  >()
  for (const pod of selected) {
    const ip = addressesOf(pod, family)[0]
    const tolerant = service.spec.publishNotReadyAddresses === true
    if (ip === undefined || !mayBeEndpoint(pod)) continue
    if (pod.metadata.deletionTimestamp !== undefined && !tolerant) continue
    const ports = endpointPorts(service, pod).map(({ name, ...port }) =>
      name === '' || name === undefined ? port : { name, ...port },
    )
    if (ports.length === 0 && (service.spec.ports?.length ?? 0) > 0) continue
    const group = groups.get(portKey(ports)) ?? { ports, ready: [], waiting: [] }
    groups.set(portKey(ports), group)
    const list = tolerant || isPodReady(pod) ? group.ready : group.waiting
    list.push(addressOf(service, pod, ip))
  }
  const byIp = (a: EndpointAddress, b: EndpointAddress): number => compare(a.ip, b.ip)
  return [...groups.entries()]
    .sort(([a], [b]) => compare(a, b))
    .map(([, { ports, ready, waiting }]) => ({
      ...(ready.length === 0 ? {} : { addresses: ready.sort(byIp).slice(0, maxAddresses) }),
      ...(waiting.length === 0 ? {} : { notReadyAddresses: waiting.sort(byIp).slice(0, maxAddresses) }),
      ...(ports.length === 0 ? {} : { ports }),
    }))
}

function addressOf(service: Service, pod: Pod, ip: string): EndpointAddress {
  const { hostname = '', subdomain, nodeName = '' } = pod.spec
  const { name, uid } = pod.metadata
  return {
    ip,
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === '' ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name, uid },
  }
}
