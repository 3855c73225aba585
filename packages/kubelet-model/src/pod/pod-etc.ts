import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { KubeletConfiguration } from '../config/configuration.ts'

const longest = 63

/** What a node writes into the containers of a pod. */
export interface EtcSources {
  readonly podIP: string
  readonly nodeName: string
  readonly configuration: KubeletConfiguration
}

/**
 * The host name of a pod, and the domain that its `subdomain` puts it in.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain
 */
export function podHostname(
  { metadata, spec }: Pod,
  configuration: KubeletConfiguration,
): { readonly hostname: string; readonly domain: string } {
  const override = spec?.hostnameOverride
  const hostname = shortened(override ?? (spec?.hostname || metadata.name || ''))
  if (override !== undefined || !spec?.subdomain) return { hostname, domain: '' }
  return { hostname, domain: `${spec.subdomain}.${metadata.namespace}.svc.${domainOf(configuration)}` }
}

/** The name that processes of a pod see: the node's own in its network, the whole one where the pod asks for it. */
export function visibleHostname(pod: Pod, { nodeName, configuration }: Omit<EtcSources, 'podIP'>): string {
  const { hostname, domain } = podHostname(pod, configuration)
  if (pod.spec?.hostNetwork === true && pod.spec.hostnameOverride === undefined) return nodeName
  return pod.spec?.setHostnameAsFQDN === true && domain !== '' ? `${hostname}.${domain}` : hostname
}

/** The files of `/etc` that a node writes for its pods, by absolute path. */
export function podEtc(pod: Pod, sources: EtcSources): Readonly<Record<string, string>> {
  return {
    '/etc/hostname': `${visibleHostname(pod, sources)}\n`,
    '/etc/hosts': hosts(pod, sources),
    '/etc/resolv.conf': resolvConf(pod, sources.configuration),
  }
}

const shortened = (name: string): string =>
  name.length > longest ? name.slice(0, longest).replace(/[-.]+$/, '') : name

/** Nodes that nobody has told otherwise have what kubeadm gives them. */
const domainOf = ({ clusterDomain }: KubeletConfiguration): string =>
  typeof clusterDomain === 'string' && clusterDomain !== '' ? clusterDomain : 'cluster.local'

const loopback = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
]

function hosts(pod: Pod, { podIP, nodeName, configuration }: EtcSources): string {
  const own = pod.spec?.hostNetwork === true
  const { hostname, domain } = podHostname(pod, configuration)
  const name = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`
  const lines = own
    ? ['# Kubernetes-managed hosts file (host network).', '127.0.0.1\tlocalhost', `${podIP}\t${nodeName}`]
    : ['# Kubernetes-managed hosts file.', ...loopback, `${podIP}\t${name}`]
  const aliases = pod.spec?.hostAliases ?? []
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.')
  for (const { ip, hostnames = [] } of aliases) lines.push([ip, ...hostnames].join('\t'))
  return `${lines.join('\n')}\n`
}

/** @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/network/dns/dns.go */
function resolvConf({ metadata, spec }: Pod, configuration: KubeletConfiguration): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig = {}, hostNetwork } = spec ?? {}
  const { namespace } = metadata
  const { clusterDNS } = configuration
  const isNode = dnsPolicy === 'Default' || (dnsPolicy === 'ClusterFirst' && hostNetwork === true)
  const servers: string[] = []
  const searches: string[] = []
  const options: string[] = []
  if (isNode) servers.push('127.0.0.53')
  else if (dnsPolicy !== 'None') {
    const domain = domainOf(configuration)
    servers.push(...(Array.isArray(clusterDNS) && clusterDNS.length > 0 ? clusterDNS.map(String) : ['10.96.0.10']))
    searches.push(`${namespace}.svc.${domain}`, `svc.${domain}`, domain)
    options.push('ndots:5')
  }
  const own = (dnsConfig.options ?? []).map(({ name, value }) => (value === undefined ? name : `${name}:${value}`))
  const overridden = new Set((dnsConfig.options ?? []).map(({ name }) => name))
  const kept = options.filter((option) => !overridden.has(option.split(':')[0] ?? ''))
  const all = (word: string, parts: Iterable<string | undefined>) => {
    const line = [...new Set(parts)].join(' ')
    return line === '' ? [] : [`${word} ${line}`]
  }
  return [
    ...all('search', [...searches, ...(dnsConfig.searches ?? [])]),
    ...[...new Set([...servers, ...(dnsConfig.nameservers ?? [])])].map((server) => `nameserver ${server}`),
    ...all('options', [...kept, ...own]),
    '',
  ].join('\n')
}
