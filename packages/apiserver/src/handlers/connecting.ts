import { newBadRequest, StatusError } from '@kube-bonsai/apimachinery'

const kinds: Readonly<Record<string, string>> = { pods: 'pod', services: 'service', nodes: 'node' }

/** Subresources that lead to a node, a pod or a service. */
export const connections: ReadonlySet<string> = new Set(['proxy', 'exec', 'attach', 'portforward'])

/**
 * What a name in the path of a proxy stands for: it may have a scheme before and a port behind it. Throws a StatusError (400).
 * @see staging/src/k8s.io/apimachinery/pkg/util/net/port_split.go SplitSchemeNamePort
 */
export function proxiedTarget(resource: string, text: string): { readonly name: string; readonly port: string } {
  const parts = text.split(':')
  const [first = '', second = '', third = ''] = parts
  const wrong = () => newBadRequest(`invalid ${kinds[resource] ?? resource} request ${JSON.stringify(text)}`)
  if (parts.length === 1) return { name: first, port: '' }
  if (parts.length === 2 && isPort(second)) return { name: first, port: second }
  if (parts.length === 3 && ['', 'http', 'https'].includes(first) && isPort(third)) return { name: second, port: third }
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
