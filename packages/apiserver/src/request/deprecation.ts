import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { ApiResponse } from '@kube-bonsai/apimachinery'

/** Since when a kind of a version is deprecated, when it goes, and what takes its place. */
interface Lifecycle {
  readonly deprecated: string
  readonly removed?: string
  readonly replacement?: string
}

const from134: Lifecycle = { deprecated: '1.34', removed: '1.37' }
const from135: Lifecycle = { deprecated: '1.35', removed: '1.38' }

/** What v1.35 serves and warns of, by version and kind. @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const lifecycles: ReadonlyMap<string, Lifecycle> = new Map([
  ['v1 ComponentStatus', { deprecated: '1.19' }],
  ['v1 Endpoints', { deprecated: '1.33', replacement: 'discovery.k8s.io/v1 EndpointSlice' }],
  ['admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy', from135],
  ['admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicyBinding', from135],
  ['certificates.k8s.io/v1alpha1 ClusterTrustBundle', from134],
  ['coordination.k8s.io/v1alpha2 LeaseCandidate', from135],
  ['networking.k8s.io/v1beta1 IPAddress', from134],
  ['networking.k8s.io/v1beta1 ServiceCIDR', from134],
  ['resource.k8s.io/v1beta1 DeviceClass', from135],
  ['resource.k8s.io/v1beta1 ResourceClaim', from135],
  ['resource.k8s.io/v1beta1 ResourceClaimTemplate', from135],
  ['resource.k8s.io/v1beta1 ResourceSlice', from135],
  [
    'storage.k8s.io/v1beta1 VolumeAttributesClass',
    { ...from134, replacement: 'storage.k8s.io/v1 VolumeAttributesClass' },
  ],
])

/** The warning that every request of a deprecated version gets; undefined for the others. */
export function deprecationWarning({ group, version, kind }: ResourceInfo): string | undefined {
  const name = `${group === '' ? version : `${group}/${version}`} ${kind}`
  const lifecycle = lifecycles.get(name)
  if (lifecycle === undefined) return undefined
  const { deprecated, removed, replacement } = lifecycle
  const end = removed === undefined ? '' : `, unavailable in v${removed}+`
  return `${name} is deprecated in v${deprecated}+${end}${replacement === undefined ? '' : `; use ${replacement}`}`
}

/** Whether there is a route for such a request; without one there is nothing to warn of. */
export function isServed(info: ResourceInfo, verb: string, subresource: string): boolean {
  if (subresource === '') return info.verbs.includes(verb)
  return info.subresources.some(({ name, verbs }) => name === subresource && verbs.includes(verb))
}

/** The answer with the warnings in its header; those that it has already stay. */
export function withWarnings(response: ApiResponse, warnings: readonly string[]): ApiResponse {
  if (warnings.length === 0 || response.headers['warning'] !== undefined) return response
  const header = warnings.map((text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(', ')
  return { ...response, headers: { ...response.headers, warning: header } }
}
