import type { Service, ServicePort, ServiceSpec } from '@kube-bonsai/api-types/core/v1'
import { FieldPath, internalFieldError, invalid, newInvalid } from '@kube-bonsai/apimachinery'
import type { ServiceAllocator } from '../registry/service-allocator.ts'
import type { AdmissionPlugin } from './chain.ts'

/** Gives services their cluster IP and node ports, and takes back what their type no longer needs. @see pkg/registry/core/service/storage/alloc.go */
export function serviceAddresses(allocator: ServiceAllocator): AdmissionPlugin {
  return {
    name: 'ServiceAddresses',
    async admit(_context, { operation, target, subresource, object, old }) {
      if (
        operation === 'DELETE' ||
        target.info.resource !== 'services' ||
        target.info.group !== '' ||
        subresource !== ''
      )
        return object
      const service = object as Service
      if (service.spec === undefined) return service
      const before = (old as Service | undefined)?.spec
      const addressed = await withAddress(allocator, service, service.spec, before)
      const spec = await withNodePorts(allocator, service, addressed, before)
      return { ...service, spec }
    },
  }
}

async function withAddress(
  allocator: ServiceAllocator,
  service: Service,
  spec: ServiceSpec,
  before: ServiceSpec | undefined,
): Promise<ServiceSpec> {
  if (spec.type === 'ExternalName') {
    const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec
    return rest
  }
  const kept = before?.type === 'ExternalName' ? undefined : before
  const given = spec.clusterIP || spec.clusterIPs?.[0] || kept?.clusterIP || ''
  const families = {
    ipFamilies: spec.ipFamilies ?? kept?.ipFamilies ?? ['IPv4'],
    ipFamilyPolicy: spec.ipFamilyPolicy ?? kept?.ipFamilyPolicy ?? 'SingleStack',
  }
  if (given === 'None') return { ...spec, clusterIP: 'None', clusterIPs: ['None'], ...families }
  if (given !== '' && given === kept?.clusterIP)
    return { ...spec, clusterIP: given, clusterIPs: kept.clusterIPs ?? [given], ...families }
  const address = given === '' ? await allocator.address() : given
  const path = FieldPath.of('spec', 'clusterIPs')
  if (address === undefined)
    throw refuse(service, internalFieldError(path, 'failed to allocate a serviceIP: range is full'))
  if (given !== '' && !allocator.contains(given)) {
    const cause = 'the provided network does not match the current range'
    throw refuse(service, invalid(path, [given], `failed to allocate IP ${given}: ${cause}`))
  }
  if (given !== '' && (await allocator.hasAddress(given))) {
    throw refuse(service, invalid(path, [given], `failed to allocate IP ${given}: provided IP is already allocated`))
  }
  return { ...spec, clusterIP: address, clusterIPs: [address], ...families }
}

async function withNodePorts(
  allocator: ServiceAllocator,
  service: Service,
  spec: ServiceSpec,
  before: ServiceSpec | undefined,
): Promise<ServiceSpec> {
  const wanted =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  const held = new Map((before?.ports ?? []).map((port) => [`${port.protocol}/${port.port}`, port.nodePort]))
  const heldPorts = new Set([...held.values()])
  const taken = new Set<number>((spec.ports ?? []).flatMap((port) => port.nodePort ?? []))
  const ports: ServicePort[] = []
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!wanted) {
      const mayHold = spec.type === 'LoadBalancer'
      const { nodePort: _, ...rest } = port
      ports.push(mayHold || port.nodePort === undefined || !heldPorts.has(port.nodePort) ? port : rest)
      continue
    }
    const path = FieldPath.of('spec', 'ports').index(index).child('nodePort')
    if (port.nodePort) {
      if (!heldPorts.has(port.nodePort) && (await allocator.hasPort(port.nodePort))) {
        throw refuse(service, invalid(path, port.nodePort, 'provided port is already allocated'))
      }
      if (port.nodePort < 30_000 || port.nodePort > 32_767) {
        throw refuse(
          service,
          invalid(
            path,
            port.nodePort,
            'provided port is not in the valid range. The range of valid ports is 30000-32767',
          ),
        )
      }
      ports.push(port)
      continue
    }
    const known = held.get(`${port.protocol}/${port.port}`)
    const nodePort = known && !taken.has(known) ? known : await allocator.port(taken)
    if (nodePort === undefined)
      throw refuse(service, internalFieldError(path, 'failed to allocate a nodePort: range is full'))
    taken.add(nodePort)
    ports.push({ ...port, nodePort })
  }
  return spec.ports === undefined ? spec : { ...spec, ports }
}

function refuse(service: Service, error: ReturnType<typeof invalid>): Error {
  return newInvalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error])
}
