import type { DownwardAPIVolumeFile, Pod } from '@kube-bonsai/api-types/core/v1'
import { metadataField } from '../../fields/pod-fields.ts'
import { type Amounts, resourceField } from '../../fields/resource-fields.ts'
import { causeOf, MountError } from '../mount-error.ts'
import type { Payload, PayloadFile } from './payload.ts'

/**
 * What a pod's fields say, as files. Throws a MountError for fields that there are not.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/downwardapi/downwardapi.go
 */
export function downwardPayload(
  pod: Pod,
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
  allocatable: Amounts,
): Payload {
  const payload = new Map<string, PayloadFile>()
  const problems: string[] = []
  for (const item of items) {
    try {
      payload.set(item.path, { content: textOf(pod, item, allocatable), mode: item.mode ?? mode })
    } catch (error) {
      problems.push(causeOf(error))
    }
  }
  if (problems.length > 0)
    throw new MountError(problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]`)
  return payload
}

function textOf(pod: Pod, { fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, allocatable: Amounts): string {
  if (resourceFieldRef) return resourceField(pod, resourceFieldRef, allocatable)
  if (fieldRef === undefined) return ''
  const value = metadataField(pod, fieldRef.fieldPath)
  if (value === undefined) throw new Error(`unsupported fieldPath: ${fieldRef.fieldPath}`)
  return value
}
