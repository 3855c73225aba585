import { deepEqual, type KubeObject, type ManagedFieldsEntry } from '@kube-bonsai/apimachinery'
import { withManagedFields } from '@kube-bonsai/patch'

/**
 * The object with the times of managed fields as they were, when they are all that a write would change: such a write
 * stores nothing.
 *
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/equality.go
 */
export function withoutIdleTimestamps(object: KubeObject, old: KubeObject): KubeObject {
  const before = old.metadata.managedFields ?? []
  const after = object.metadata.managedFields ?? []
  if (before === after || after.length === 0 || before.length !== after.length) return object
  if (after.every(({ time }, index) => time === before[index]?.time)) return object
  if (!after.every((entry, index) => deepEqual(timeless(entry), timeless(before[index] ?? {})))) return object
  const same = deepEqual(bare(object), bare(old))
  return same ? withManagedFields(object, before) : object
}

function timeless({ time: _, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry {
  return entry
}

function bare(object: KubeObject): KubeObject {
  return withManagedFields(object, undefined)
}
