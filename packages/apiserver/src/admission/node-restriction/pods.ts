import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual, newNotFound, quote } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { type Attributes, forbidden, lookUp } from '../chain.ts'
import { apiObjectOf } from './pod-objects.ts'

/** A node makes mirror pods, deletes and evicts the pods that it has, and tells their status. */
export function admitPod(context: RequestContext, node: string, attributes: Attributes): Promise<void> | void {
  const { subresource, operation } = attributes
  switch (subresource) {
    case '':
      if (operation === 'CREATE') return admitCreation(context, node, attributes)
      if (operation === 'DELETE') return admitDeletion(node, attributes)
      throw forbidden(
        attributes,
        `unexpected operation ${quote(operation)}, node ${quote(node)} can only create and delete mirror pods`,
      )
    case 'status':
      return admitStatus(node, attributes)
    case 'eviction':
      return admitEviction(context, node, attributes)
    default:
      throw forbidden(
        attributes,
        `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`,
      )
  }
}

const mirror = 'kubernetes.io/config.mirror'

async function admitCreation({ server }: RequestContext, node: string, attributes: Attributes): Promise<void> {
  const pod = attributes.object as Pod
  const self = `node ${quote(node)}`
  const { annotations = {}, ownerReferences = [] } = pod.metadata
  if (!Object.hasOwn(annotations, mirror))
    throw forbidden(attributes, `pod does not have ${quote(mirror)} annotation, ${self} can only create mirror pods`)
  if (pod.spec?.nodeName !== node)
    throw forbidden(attributes, `${self} can only create pods with spec.nodeName set to itself`)
  const [owner, ...others] = ownerReferences
  if (others.length > 0)
    throw forbidden(attributes, `${self} can only create pods with a single owner reference set to itself`)
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    throw forbidden(attributes, `${self} can only create pods with an owner reference set to itself`)
  if (!owner.controller)
    throw forbidden(attributes, `${self} can only create pods with a controller owner reference set to itself`)
  if (owner.blockOwnerDeletion)
    throw forbidden(attributes, `${self} must not set blockOwnerDeletion on an owner reference`)
  const found = await lookUp(server, 'core/nodes', node)
  if (found === undefined) throw newNotFound({ group: '', resource: 'node' }, node)
  const { uid = '' } = found.metadata
  if (owner.uid !== uid) throw forbidden(attributes, `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`)
  const used = apiObjectOf(pod)
  if (used !== undefined) throw forbidden(attributes, `${self} can not create pods that reference ${used}`)
}

function admitDeletion(node: string, attributes: Attributes): void {
  if ((attributes.object as Pod).spec?.nodeName === node) return
  throw forbidden(attributes, `node ${quote(node)} can only delete pods with spec.nodeName set to itself`)
}

function admitStatus(node: string, attributes: Attributes): void {
  if (attributes.operation !== 'UPDATE')
    throw forbidden(attributes, `unexpected operation ${quote(attributes.operation)}`)
  const [pod, old] = [attributes.object as Pod, attributes.old as Pod]
  const self = `node ${quote(node)}`
  if (old.spec?.nodeName !== node)
    throw forbidden(attributes, `${self} can only update pod status for pods with spec.nodeName set to itself`)
  if (!deepEqual(old.metadata.labels ?? {}, pod.metadata.labels ?? {}))
    throw forbidden(attributes, `${self} cannot update labels through pod status`)
  if (!deepEqual(old.status?.resourceClaimStatuses ?? [], pod.status?.resourceClaimStatuses ?? []))
    throw forbidden(attributes, `${self} cannot update resource claim statues`)
  if (!deepEqual(old.status?.extendedResourceClaimStatus, pod.status?.extendedResourceClaimStatus))
    throw forbidden(attributes, `${self} cannot update extended resource claim status`)
}

async function admitEviction({ server }: RequestContext, node: string, attributes: Attributes): Promise<void> {
  const { operation, namespace, object } = attributes
  if (operation !== 'CREATE') throw forbidden(attributes, `unexpected operation ${operation}`)
  const name = attributes.name || object.metadata.name || ''
  if (name === '') throw forbidden(attributes, 'could not determine pod from request data')
  const pod = (await lookUp(server, 'core/pods', `${namespace}/${name}`)) as Pod | undefined
  if (pod === undefined) throw newNotFound({ group: '', resource: 'pod' }, name)
  if (pod.spec?.nodeName === node) return
  throw forbidden(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`)
}
