import type { Node, Service, ServicePort } from '../api/core.ts'
import type { Pod } from '../api/pod.ts'
import { isPodReady, isPodTerminal } from '../pods/state.ts'
import type { Endpoint, EndpointPort } from './types.ts'

/** The address types that a Service's slices have. */
export function addressTypesOf({ spec }: Pick<Service, 'spec'>): readonly string[] {
  if (spec.ipFamilies !== undefined && spec.ipFamilies.length > 0) return spec.ipFamilies
  return [spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4']
}

/** A pod's addresses of one family. */
export function addressesOf({ status }: Pod, addressType: string): readonly string[] {
  const ips = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP === undefined ? [] : [status.podIP])
  return ips.filter((ip) => ip !== '' && (ip.includes(':') ? 'IPv6' : 'IPv4') === addressType)
}

/** Says whether a pod may be an endpoint at all: it has an address and has not ended. */
export function mayBeEndpoint(pod: Pod): boolean {
  return !isPodTerminal(pod) && ((pod.status?.podIP ?? '') !== '' || (pod.status?.podIPs?.length ?? 0) > 0)
}

/** The number of the port that a Service's port means on a pod; undefined when the pod has none of that name. */
export function targetPortOf(pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort === 0 ? port : targetPort
  if (targetPort === undefined || targetPort === '') return port
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

/** The ports of a Service as a pod serves them; a name that the pod does not have is left out. */
export function endpointPorts({ spec }: Pick<Service, 'spec'>, pod: Pod): readonly EndpointPort[] {
  const ports: EndpointPort[] = []
  for (const servicePort of spec.ports ?? []) {
    const port = targetPortOf(pod, servicePort)
    if (port === undefined) continue
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    ports.push({ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) })
  }
  return ports
}

/** A pod as an endpoint of a Service. @see staging/src/k8s.io/endpointslice/utils.go */
export function podToEndpoint(pod: Pod, node: Node | undefined, service: Service, addressType: string): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? ''
  const { name, namespace = '', uid } = pod.metadata
  const { hostname = '', subdomain, nodeName = '' } = pod.spec
  return {
    addresses: addressesOf(pod, addressType),
    conditions: { ready, serving, terminating },
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === '' ? {} : { zone }),
  }
}
