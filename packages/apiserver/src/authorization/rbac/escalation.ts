import type { ClusterRole, PolicyRule, RoleRef } from '@kube-bonsai/api-types/rbac/v1'
import {
  aggregateMessage,
  deepEqual,
  type KubeObject,
  newBadRequest,
  newForbidden,
  quote,
} from '@kube-bonsai/apimachinery'
import type { Attributes } from '../../admission/chain.ts'
import { groupResource, type RequestContext } from '../../context.ts'
import { withMeta } from '../../registry/objects.ts'
import { isMaster } from '../modes.ts'
import { describeRules, quoteAll, uncovered } from './coverage.ts'

const rbacGroup = 'rbac.authorization.k8s.io'
const roles = new Set(['roles', 'clusterroles'])
const bindings = new Set(['rolebindings', 'clusterrolebindings'])

const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/**
 * Nobody gives away what they do not have: a role may hold only what its writer may do, and a binding only a role that its
 * writer could have written, unless they may `escalate` or `bind` it. Throws a 403, or a 404 for a role that is missing.
 * @see pkg/registry/rbac/escalation_check.go
 */
export async function confirmAuthority(context: RequestContext, attributes: Attributes): Promise<void> {
  const { target, subresource, object, old } = attributes
  const { group, resource } = target.info
  if (group !== rbacGroup || subresource !== '' || isMaster(context.user)) return
  if (attributes.operation === 'DELETE' || (old && changesReferencesOnly(object, old))) return
  if (roles.has(resource)) await confirmRole(context, attributes)
  if (bindings.has(resource)) await confirmBinding(context, attributes)
}

async function confirmRole(context: RequestContext, attributes: Attributes): Promise<void> {
  const { resource } = attributes.target.info
  if (await mayDo(context, attributes.namespace, 'escalate', resource, context.requestName ?? '')) return
  const { object, old } = attributes
  const missing = await missingOf(context, attributes.namespace, (object as ClusterRole).rules ?? [])
  if (missing !== undefined) throw refused(attributes, missing)
  if (resource !== 'clusterroles' || !(gathers(object) || (old && gathers(old)))) return
  if ((await missingOf(context, attributes.namespace, fullAuthority)) === undefined) return
  throw refused(attributes, 'must have cluster-admin privileges to use the aggregationRule')
}

async function confirmBinding(context: RequestContext, attributes: Attributes): Promise<void> {
  const { roleRef } = attributes.object as { readonly roleRef?: RoleRef }
  if (roleRef === undefined) return
  const { apiGroup, kind, name } = roleRef
  const resource = kind === 'ClusterRole' ? 'clusterroles' : kind === 'Role' ? 'roles' : undefined
  if (resource && (await mayDo(context, attributes.namespace, 'bind', resource, name, apiGroup))) return
  await context.server.policies.ready()
  if (kind === 'Role' && attributes.namespace === '') throw newBadRequest('Namespace parameter required.')
  // The role that is missing is named by the resource of the request.
  const rules = context.server.policies.rulesOf(roleRef, attributes.namespace, groupResource(attributes.target))
  const missing = await missingOf(context, attributes.namespace, rules)
  if (missing !== undefined) throw refused(attributes, missing)
}

async function mayDo(
  { server, user }: RequestContext,
  namespace: string,
  verb: string,
  resource: string,
  name: string,
  group: string = rbacGroup,
): Promise<boolean> {
  const { decision } = await server.authorizer.authorize({
    kind: 'resource',
    user,
    verb,
    group,
    version: '*',
    resource,
    subresource: '',
    namespace,
    name,
  })
  return decision === 'allow'
}

/** Why somebody may not give rules away; undefined when they may. */
async function missingOf(
  { server, user }: RequestContext,
  namespace: string,
  wanted: readonly PolicyRule[],
): Promise<string | undefined> {
  await server.policies.ready()
  const grants = [...server.policies.grantsOf(user, namespace)]
  const missing = uncovered(
    grants.flatMap((grant) => ('rule' in grant ? [grant.rule] : [])),
    wanted,
  )
  if (missing.length === 0) return undefined
  const errors = grants.flatMap((grant) => ('error' in grant ? [grant.error.message] : []))
  const who = `user ${quote(user.name)} (groups=${quoteAll(user.groups)})`
  const text = `${who} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}`
  return errors.length === 0 ? text : `${text}; resolution errors: [${aggregateMessage(errors)}]`
}

function refused({ target, object }: Attributes, why: string): Error {
  return newForbidden(groupResource(target), object.metadata.name ?? '', why)
}

function gathers(role: KubeObject): boolean {
  return ((role as ClusterRole).aggregationRule?.clusterRoleSelectors ?? []).length > 0
}

/** What the garbage collector does to objects of others needs no authority over what they hold. */
export function changesReferencesOnly(object: KubeObject, old: KubeObject): boolean {
  const { ownerReferences, finalizers, selfLink, managedFields } = old.metadata
  return deepEqual(withMeta(object, { ownerReferences, finalizers, selfLink, managedFields }), old)
}
