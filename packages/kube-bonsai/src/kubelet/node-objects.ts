import type { Service } from '@kube-bonsai/api-types/core/v1'
import type { InformerFactory } from '@kube-bonsai/client'
import type { NodeObjects } from '@kube-bonsai/kubelet-model'
import { ObjectChanges } from './object-changes.ts'

const byNamespace = 'kubeletServicesByNamespace'

/** What nodes look up for their pods, from copies that informers keep. */
export function nodeObjects(informers: InformerFactory): NodeObjects {
  const configMaps = informers.informer('v1/configmaps').store
  const secrets = informers.informer('v1/secrets').store
  const claims = informers.informer('v1/persistentvolumeclaims').store
  const runtimeClasses = informers.informer('node.k8s.io/v1/runtimeclasses').store
  const volumes = informers.informer('v1/persistentvolumes').store
  const drivers = informers.informer('storage.k8s.io/v1/csidrivers').store
  const services = informers.informer('v1/services')
  services.index(byNamespace, (service) => [service.metadata.namespace ?? ''])
  const changes = new ObjectChanges(informers)
  return {
    watch: (object, changed) => changes.watch(object, changed),
    configMap: (namespace, name) => configMaps.get(`${namespace}/${name}`),
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    persistentVolume: (name) => volumes.get(name),
    csiDriver: (name) => drivers.get(name),
    runtimeHandler: (name) => runtimeClasses.get(name)?.handler,
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
