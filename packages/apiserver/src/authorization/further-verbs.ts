import { newForbidden, quote } from '@kube-bonsai/apimachinery'
import type { RequestContext, Target } from '../context.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import type { ResourceAttributes } from './authorizer.ts'
import { isMaster } from './modes.ts'
import { accessRefusal } from './refusal.ts'

/**
 * An update or an apply that makes an object takes the right to create it as well. Rejects with the 403 of that request.
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/update.go withAuthorization
 */
export async function confirmCreation(
  { server, user }: RequestContext,
  { info: { group, version, resource } }: Target,
  namespace: string,
  name: string,
): Promise<void> {
  if (isMaster(user)) return
  const attributes: ResourceAttributes = {
    kind: 'resource',
    user,
    verb: 'create',
    group,
    version,
    resource,
    subresource: '',
    namespace,
    name,
  }
  const { decision, reason } = await server.authorizer.authorize(attributes)
  if (decision !== 'allow') throw accessRefusal(attributes, reason)
}

const streams = new Set(['exec', 'attach', 'portforward'])

/** To do something in a pod takes the right to create that, by whatever method it is asked for. @see pkg/registry/core/pod/rest/authorize.go */
export async function confirmStream({ server, user }: RequestContext, info: ResourceRequest): Promise<void> {
  const { group, resource, subresource, verb, name } = info
  if (group !== '' || resource !== 'pods' || !streams.has(subresource) || verb === 'create' || isMaster(user)) return
  if (!server.gates.enabled('AuthorizePodWebsocketUpgradeCreatePermission')) return
  const { decision, reason } = await server.authorizer.authorize({ ...info, kind: 'resource', user, verb: 'create' })
  if (decision !== 'allow') throw newForbidden({ group, resource }, name, reason)
}

const unsafeVerb = 'unsafe-delete-ignore-read-errors'

/** To delete what cannot be read takes a verb of its own. @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go authorizeUnsafeDelete */
export async function confirmUnsafeDeletion({ server, user }: RequestContext, info: ResourceRequest): Promise<void> {
  if (isMaster(user)) return
  const { decision, reason } = await server.authorizer.authorize({ ...info, kind: 'resource', user, verb: unsafeVerb })
  if (decision === 'allow') return
  const { group, resource, name } = info
  throw newForbidden({ group, resource }, name, `not permitted to do ${quote(unsafeVerb)}, reason: ${reason}`)
}
