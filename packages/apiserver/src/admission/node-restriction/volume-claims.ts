import { internalDifference } from '@kube-bonsai/api-strategies'
import type { PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import { deepEqual, quote } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { withMeta } from '../../registry/objects.ts'
import { type Attributes, forbidden } from '../chain.ts'

/** A node tells the size and the conditions of a claim. */
export function admitVolumeClaim({ server }: RequestContext, node: string, attributes: Attributes): void {
  const { subresource, operation, object, old } = attributes
  if (subresource !== 'status') throw forbidden(attributes, 'may only update PVC status')
  if (operation !== 'UPDATE') throw forbidden(attributes, `unexpected operation ${quote(operation)}`)
  const recovers = server.gates.enabled('RecoverVolumeExpansionFailure')
  const [left, right] = [old as PersistentVolumeClaim, object as PersistentVolumeClaim].map((claim) =>
    withoutOwn(claim, recovers),
  )
  if (deepEqual(left, right)) return
  const difference = internalDifference('PersistentVolumeClaim', left, right)
  const why = `is not allowed to update fields other than status.quantity and status.conditions: ${difference}`
  throw forbidden(attributes, `node ${quote(node)} ${why}`)
}

/** A claim without what a node may change. */
function withoutOwn(claim: PersistentVolumeClaim, recovers: boolean): object {
  const { capacity: _capacity, conditions: _conditions, ...rest } = claim.status ?? {}
  const { allocatedResources: _resources, allocatedResourceStatuses: _statuses, ...least } = rest
  return {
    ...withMeta(claim, { resourceVersion: undefined, managedFields: undefined }),
    status: recovers ? least : rest,
  }
}
