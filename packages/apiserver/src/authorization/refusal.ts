import { newForbidden, type StatusError } from '@kube-bonsai/apimachinery'
import type { AuthorizationAttributes } from './authorizer.ts'

/** The 403 of a request that nobody allowed. @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go */
export function accessRefusal(attributes: AuthorizationAttributes, reason: string): StatusError {
  const [group, resource, name] =
    attributes.kind === 'path' ? ['', '', ''] : [attributes.group, attributes.resource, attributes.name]
  const text = escaped(question(attributes))
  return newForbidden({ group, resource }, name, reason === '' ? text : `${text}: ${reason}`)
}

function question(attributes: AuthorizationAttributes): string {
  const user = JSON.stringify(attributes.user.name)
  if (attributes.kind === 'path')
    return `User ${user} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`
  const { verb, group, resource, subresource, namespace } = attributes
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `User ${user} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${scope}`
}

/** Names may come from anywhere; a browser must not take the text for a page. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
