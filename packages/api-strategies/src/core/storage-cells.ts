import { type Fields, fieldsOf, isEmpty, listOf, textOf } from '../meta/json.ts'
import { metadataOf } from '../printing/table.ts'
import { unset } from '../printing/texts.ts'

const shortModes: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]
const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** Access modes as `RWO,ROX`, always in the same order. */
export function accessModes(modes: unknown): string {
  const known = listOf(modes)
  return shortModes
    .filter(([mode]) => known.includes(mode))
    .map(([, short]) => short)
    .join(',')
}

/** The storage class of a volume or claim, also where only an old annotation names it. */
export function storageClassOf(object: Fields): string {
  const annotated = fieldsOf(metadataOf(object)['annotations'])[classAnnotation]
  return textOf(annotated ?? fieldsOf(object['spec'])['storageClassName'])
}

/** The phase, or that the object is being deleted. */
export function storagePhase(object: Fields): string {
  const deleted = !isEmpty(metadataOf(object)['deletionTimestamp'])
  return deleted ? 'Terminating' : textOf(fieldsOf(object['status'])['phase'])
}

/** A field of the spec that may be absent. */
export const optionalSpec = (object: Fields, name: string): string => textOf(fieldsOf(object['spec'])[name] ?? unset)
