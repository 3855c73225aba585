import type { Service } from '@kube-bonsai/api-types/core/v1'
import type { ServiceEndpoints } from './service-endpoints.ts'

const domain = 'cluster.local'
/** An alias may lead to an alias. */
const maxAliases = 8
const dashed = /^\d{1,3}(?:-\d{1,3}){3}$/

/**
 * What the cluster's DNS answers: the addresses behind a name that a pod of this namespace asks for; undefined for a name that is
 * none, and for names outside of the cluster.
 * @see https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
export function resolveName(
  services: ServiceEndpoints,
  namespace: string,
  name: string,
): readonly string[] | undefined {
  const isWhole = name.endsWith('.')
  const text = name.replace(/\.$/, '').toLowerCase()
  const searched = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain].map((suffix) => `${text}.${suffix}`)
  for (const candidate of isWhole ? [text] : [...searched, text]) {
    const found = lookUp(services, candidate, maxAliases)
    if (found !== undefined) return found
  }
  return undefined
}

function lookUp(services: ServiceEndpoints, name: string, aliases: number): readonly string[] | undefined {
  if (!name.endsWith(`.${domain}`)) return undefined
  const labels = name.slice(0, -domain.length - 1).split('.')
  const kind = labels.pop()
  const namespace = labels.pop() ?? ''
  if (kind === 'pod') return labels.length === 1 ? podAddress(labels[0] ?? '') : undefined
  if (kind !== 'svc') return undefined
  const service = services.named(namespace, labels.pop() ?? '')
  if (service === undefined || labels.length > 1) return undefined
  const [host] = labels
  return host === undefined ? addressesOf(services, service, aliases) : hostOf(services, service, host)
}

function addressesOf(services: ServiceEndpoints, service: Service, aliases: number): readonly string[] | undefined {
  const { type, externalName = '', clusterIPs = [] } = service.spec ?? {}
  if (type === 'ExternalName') {
    return aliases > 0 ? lookUp(services, externalName.replace(/\.$/, '').toLowerCase(), aliases - 1) : undefined
  }
  if (!clusterIPs.includes('None')) return clusterIPs
  return some(services.ready(service).map(({ address }) => address))
}

/** One pod behind a headless service, by its host name or its address. */
function hostOf(services: ServiceEndpoints, service: Service, host: string): readonly string[] | undefined {
  if (service.spec?.clusterIP !== 'None') return undefined
  const named = services
    .ready(service)
    .filter(({ hostname, address }) => (hostname ?? address.replaceAll('.', '-')) === host)
  return some(named.map(({ address }) => address))
}

function podAddress(label: string): readonly string[] | undefined {
  return dashed.test(label) ? [label.replaceAll('-', '.')] : undefined
}

const some = (addresses: readonly string[]): readonly string[] | undefined =>
  addresses.length > 0 ? [...new Set(addresses)].sort() : undefined
