import type { Service } from '@kube-bonsai/api-types/core/v1'
import type { InformerFactory } from '@kube-bonsai/client'
import type { NodeObjects } from '@kube-bonsai/kubelet-model'

const byNamespace = 'kubeletServicesByNamespace'

/** What nodes look up for their pods, from copies that informers keep. */
export function nodeObjects(informers: InformerFactory): NodeObjects {
  const configMaps = informers.informer('v1/configmaps').store
  const secrets = informers.informer('v1/secrets').store
  const claims = informers.informer('v1/persistentvolumeclaims').store
  const services = informers.informer('v1/services')
  services.index(byNamespace, (service) => [service.metadata.namespace ?? ''])
  return {
    configMap: (namespace, name) => configMaps.get(`${namespace}/${name}`),
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    claimPhase: (namespace, name) => {
      const claim = claims.get(`${namespace}/${name}`)
      return claim && (claim.status?.phase ?? 'Pending')
    },
    serviceEnv: (namespace) => {
      const env: Record<string, string> = {}
      const kubernetes = services.store.get('default/kubernetes')
      for (const service of services.store.byIndex(byNamespace, namespace)) addServiceEnv(env, service)
      if (kubernetes && namespace !== 'default') addServiceEnv(env, kubernetes)
      return env
    },
  }
}

/** The variables of one service, as docker links had them. @see pkg/kubelet/envvars/envvars.go */
function addServiceEnv(env: Record<string, string>, service: Service): void {
  const ip = service.spec?.clusterIP
  const [first] = service.spec?.ports ?? []
  if (!ip || ip === 'None' || first === undefined) return
  const prefix = (service.metadata.name ?? '').toUpperCase().replaceAll('-', '_')
  env[`${prefix}_SERVICE_HOST`] = ip
  env[`${prefix}_SERVICE_PORT`] = String(first.port)
  for (const port of service.spec?.ports ?? []) {
    const protocol = port.protocol ?? 'TCP'
    const url = `${protocol.toLowerCase()}://${ip}:${port.port}`
    const base = `${prefix}_PORT_${port.port}_${protocol}`
    if (port.name) env[`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`] = String(port.port)
    if (port === first) env[`${prefix}_PORT`] = url
    env[base] = url
    env[`${base}_PROTO`] = protocol.toLowerCase()
    env[`${base}_PORT`] = String(port.port)
    env[`${base}_ADDR`] = ip
  }
}
