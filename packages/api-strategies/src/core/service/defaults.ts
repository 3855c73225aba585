import { coreType, type DefaultRules } from '../../defaulting/type-defaults.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  isFields,
  mapItems,
  withAbsent,
  withEmpty,
  withField,
} from '../../meta/json.ts'

const sessionAffinitySeconds = 10_800

/** @see pkg/apis/core/v1/defaults.go SetDefaults_Service */
export const serviceDefaults: DefaultRules = {
  [coreType('Service')]: (service) => {
    const spec = defaultSpec(fieldsOf(service['spec']))
    const changed = withField(service, 'spec', spec)
    return spec['type'] === 'LoadBalancer' ? defaultIngressMode(changed) : changed
  },
}

function defaultSpec(before: Fields): Fields {
  let spec = withEmpty(before, { sessionAffinity: 'None', type: 'ClusterIP' })
  spec = defaultSessionAffinity(spec)
  if (Array.isArray(spec['ports'])) spec = withField(spec, 'ports', mapItems(spec['ports'], defaultPort))
  if (isExternallyAccessible(spec)) spec = withEmpty(spec, { externalTrafficPolicy: 'Cluster' })
  const type = spec['type']
  if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') {
    spec = withAbsent(spec, { internalTrafficPolicy: 'Cluster' })
  }
  return type === 'LoadBalancer' ? withAbsent(spec, { allocateLoadBalancerNodePorts: true }) : spec
}

function defaultSessionAffinity(spec: Fields): Fields {
  const affinity = spec['sessionAffinity']
  if (affinity === 'None') return withField(spec, 'sessionAffinityConfig', undefined)
  if (affinity !== 'ClientIP') return spec
  const seconds = fieldsOf(fieldsOf(spec['sessionAffinityConfig'])['clientIP'])['timeoutSeconds']
  if (!isAbsent(seconds)) return spec
  return { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: sessionAffinitySeconds } } }
}

function defaultPort(value: unknown): unknown {
  if (!isFields(value)) return value
  const port = withEmpty(value, { protocol: 'TCP' })
  return isEmpty(port['targetPort']) ? { ...port, targetPort: port['port'] ?? 0 } : port
}

/** Whether traffic from outside of the cluster can reach a service of this spec. */
export function isExternallyAccessible(spec: Fields): boolean {
  const type = spec['type']
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && !isEmpty(spec['externalIPs']))
}

function defaultIngressMode(service: Fields): Fields {
  const status = fieldsOf(service['status'])
  const balancer = fieldsOf(status['loadBalancer'])
  const ingress = balancer['ingress']
  if (!Array.isArray(ingress)) return service
  const next = mapItems(ingress, (item) =>
    isFields(item) && !isEmpty(item['ip']) ? withAbsent(item, { ipMode: 'VIP' }) : item,
  )
  if (next === ingress) return service
  return { ...service, status: { ...status, loadBalancer: { ...balancer, ingress: next } } }
}
