import { scheme } from '@kube-bonsai/api-types'
import { kindOfObject, type ObjectMeta, semanticEqual, type Unstructured } from '@kube-bonsai/apimachinery'
import { generationTable } from './table.ts'

/** The generation of an object; 0 for a kind that keeps none. */
export const generationOf = ({ metadata }: Unstructured): number => metadata.generation ?? 0

/** The generations that an object may have after a change from `before` to `after`; more than one where it depends. */
export function expectedGenerations(before: Unstructured, after: Unstructured): readonly number[] {
  const changes = specChanges(before, after)
  const old = generationOf(before)
  const deleted = before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined
  const asked = deleted && old > 0 ? 1 : 0
  return changes.map((count) => old + count + asked)
}

function specChanges(before: Unstructured, after: Unstructured): readonly number[] {
  const kind = kindOfObject(after)
  const specOf = generationTable.get(`${kind.group}/${kind.kind}`)
  if (specOf !== undefined) {
    const old = bound(before, after) ? { ...Object(before.spec), nodeName: nodeNameOf(after) } : specOf(before)
    if (!semanticEqual(old, specOf(after))) return [1]
    return kind.group === 'apps' && kind.kind === 'Deployment' ? annotationChanges(before, after) : [0]
  }
  if (scheme.byKind(kind) !== undefined) return [0]
  return customChanges(before, after)
}

/** A Deployment counts changed annotations, but for its controller's own: those come with a write of the status. */
function annotationChanges({ metadata: before }: Unstructured, { metadata: after }: Unstructured): readonly number[] {
  const foreign = ({ annotations = {} }: ObjectMeta) =>
    Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/')))
  if (!semanticEqual(foreign(before), foreign(after))) return [1]
  return semanticEqual(before.annotations ?? {}, after.annotations ?? {}) ? [0] : [0, 1]
}

/** Binding writes a pod's node past the rules of updates, so that it is no change of the spec. */
function bound(before: Unstructured, after: Unstructured): boolean {
  return after.kind === 'Pod' && after.apiVersion === 'v1' && !nodeNameOf(before) && Boolean(nodeNameOf(after))
}

const nodeNameOf = ({ spec }: Unstructured): unknown =>
  typeof spec === 'object' && spec !== null && 'nodeName' in spec ? spec.nodeName : undefined

/** Of a custom resource it is not known here whether its status is a subresource, which makes status changes count or not. */
function customChanges(before: Unstructured, after: Unstructured): readonly number[] {
  const { metadata: _, status: oldStatus, ...oldRest } = before
  const { metadata: __, status, ...rest } = after
  if (!semanticEqual(oldRest, rest)) return [1]
  return semanticEqual(oldStatus, status) ? [0] : [0, 1]
}
