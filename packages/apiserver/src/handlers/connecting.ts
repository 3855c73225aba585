import { type KubeObject, newBadRequest, StatusError } from '@kube-bonsai/apimachinery'

const throughProxy = new Set(['proxy'])
const kinds: Readonly<Record<string, string>> = { pods: 'pod', services: 'service', nodes: 'node' }

/** Subresources that lead to a node, a pod or a service. Bonsai has no networks behind them. */
export const connections: ReadonlySet<string> = new Set(['proxy', 'exec', 'attach', 'portforward'])

/**
 * Refuses what leads elsewhere, once it is known that there is something to be led to.
 * Throws a StatusError always: 400 for a bad name, 404, or a 405 that names the feature.
 *
 * @param name the name in the path; for a proxy it may have a scheme before and a port behind it
 */
export async function refuseConnection(
  resource: string,
  subresource: string,
  name: string,
  get: (name: string) => Promise<KubeObject>,
): Promise<never> {
  await get(throughProxy.has(subresource) ? proxiedName(resource, name) : name)
  throw unsupported(`${resource}/${subresource}`)
}

/** @see staging/src/k8s.io/apimachinery/pkg/util/net/port_split.go SplitSchemeNamePort */
function proxiedName(resource: string, text: string): string {
  const parts = text.split(':')
  const [first = '', second = '', third = ''] = parts
  const wrong = () => newBadRequest(`invalid ${kinds[resource] ?? resource} request ${JSON.stringify(text)}`)
  if (parts.length === 1) return first
  if (parts.length === 2 && isPort(second)) return first
  if (parts.length === 3 && ['', 'http', 'https'].includes(first) && isPort(third)) return second
  throw wrong()
}

function isPort(text: string): boolean {
  if (text === '') return true
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= 65_535
  return /^(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(text) && /[a-z]/.test(text)
}

/** A refusal of something that is not modelled; the message names it. */
export function unsupported(feature: string): StatusError {
  return StatusError.of({ reason: 'MethodNotAllowed', message: `unsupported: ${feature} is not modelled` })
}
