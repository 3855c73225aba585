import type { KubeObject } from '@kube-bonsai/apimachinery'
import { fieldsOf, withField } from '../meta/json.ts'
import type { KindTraits } from './kind-traits.ts'

const resetFields = [
  'deletionTimestamp',
  'generation',
  'selfLink',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
] as const

/**
 * The object with the metadata that a status update may not change taken from the stored one.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go ResetObjectMetaForStatus
 */
export function resetMetadata(object: KubeObject, old: KubeObject, keeps: KindTraits['statusKeeps']): KubeObject {
  if (keeps === undefined) return object
  if (keeps === 'all') {
    const { managedFields } = object.metadata
    return { ...object, metadata: withField(fieldsOf(old.metadata), 'managedFields', managedFields) }
  }
  const stored = fieldsOf(old.metadata)
  let metadata = fieldsOf(object.metadata)
  for (const field of keeps === 'labels' ? ['labels'] : resetFields)
    metadata = withField(metadata, field, stored[field])
  return { ...object, metadata }
}
