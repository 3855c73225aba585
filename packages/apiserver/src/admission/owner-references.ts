import type { ResourceInfo } from '@kube-bonsai/api-types'
import { deepEqual, type KubeObject, type OwnerReference, quote } from '@kube-bonsai/apimachinery'
import type { ResourceAttributes } from '../authorization/authorizer.ts'
import type { RequestContext } from '../context.ts'
import { type AdmissionPlugin, type Attributes, forbidden } from './chain.ts'

/**
 * Whoever changes the owners of an object may delete it, and whoever lets it hold up the deletion of an owner may do that
 * owner's finalizers. @see plugin/pkg/admission/gc/gc_admission.go
 */
export const ownerReferencesPermissionEnforcement: AdmissionPlugin = {
  name: 'OwnerReferencesPermissionEnforcement',
  async validate(context, attributes) {
    const { operation, target, subresource, object, old } = attributes
    if (operation === 'DELETE' || (target.info.resource === 'pods' && subresource === 'status')) return
    const [owners, oldOwners] = [ownersOf(object), ownersOf(old)]
    if (deepEqual(owners, oldOwners)) return
    if (operation !== 'CREATE') await confirmDeletion(context, attributes)
    const blocking = owners.filter((owner) => owner.blockOwnerDeletion && !isBlocking(oldOwners, owner))
    if (blocking.length > 0) await confirmFinalizers(context, attributes, blocking)
  },
}

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? []
}

function isBlocking(owners: readonly OwnerReference[], { uid }: OwnerReference): boolean {
  return owners.findLast((owner) => owner.uid === uid)?.blockOwnerDeletion === true
}

type Asked = Omit<ResourceAttributes, 'kind' | 'user'>

/** Why somebody may not; undefined when they may. */
async function refusal({ server, user }: RequestContext, asked: Asked): Promise<string | undefined> {
  const { decision, reason, error } = await server.authorizer.authorize({ kind: 'resource', user, ...asked })
  return decision === 'allow' ? undefined : `${reason}, ${error ?? '<nil>'}`
}

async function confirmDeletion(context: RequestContext, attributes: Attributes): Promise<void> {
  const { target, subresource, namespace, name } = attributes
  const { group, version, resource } = target.info
  const why = await refusal(context, { verb: 'delete', group, version, resource, subresource, namespace, name })
  if (why !== undefined) throw forbidden(attributes, `cannot set an ownerRef on a resource you can't delete: ${why}`)
}

const anyFinalizers: Asked = {
  verb: 'update',
  group: '*',
  version: '*',
  resource: '*',
  subresource: 'finalizers',
  namespace: '',
  name: '*',
}

async function confirmFinalizers(
  context: RequestContext,
  attributes: Attributes,
  owners: readonly OwnerReference[],
): Promise<void> {
  if ((await refusal(context, anyFinalizers)) === undefined) return
  for (const owner of owners) {
    const { apiVersion, kind, name } = owner
    const found = resourceOf(context, owner)
    if (typeof found === 'string') {
      const why = `because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: ${found}`
      throw forbidden(attributes, `cannot set blockOwnerDeletion in this case ${why}`)
    }
    const { group, version, resource, namespaced } = found
    const namespace = namespaced ? attributes.namespace : ''
    const why = await refusal(context, { ...anyFinalizers, group, version, resource, namespace, name })
    if (why === undefined) continue
    const what = `an ownerReference refers to a resource you can't set finalizers on`
    throw forbidden(attributes, `cannot set blockOwnerDeletion if ${what}: ${why}`)
  }
}

/** The resource of an owner, or why it is not known. */
function resourceOf({ server }: RequestContext, { apiVersion, kind }: OwnerReference): ResourceInfo | string {
  const parts = apiVersion.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const [group = '', version = ''] = parts.length === 1 ? ['', apiVersion] : parts
  const found = server.catalog.served.find(
    (info) => info.group === group && info.version === version && info.kind === kind,
  )
  return found ?? `no matches for kind ${quote(kind)} in version ${quote(apiVersion)}`
}
