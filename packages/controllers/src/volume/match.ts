import { labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import { compareQuantities } from '@kube-bonsai/quantity'
import type { PersistentVolumeClaim } from '../api/apps.ts'
import { compare, namespaceOf } from '../api/meta.ts'
import type { PersistentVolume } from './types.ts'

const sizeOf = ({ spec }: PersistentVolume): string => spec.capacity?.['storage'] ?? '0'

/** Says whether a volume is bound, or set aside, for just this claim. */
export function isFor({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = spec.claimRef
  if (ref?.name !== claim.metadata.name || ref.namespace !== namespaceOf(claim)) return false
  return ref.uid === undefined || ref.uid === '' || ref.uid === claim.metadata.uid
}

/** Says whether a volume can hold what a claim asks for. @see staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go */
export function satisfies(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec = {} } = claim
  const modes = volume.spec.accessModes ?? []
  return (
    compareQuantities(sizeOf(volume), spec.resources?.requests?.['storage'] ?? '0') >= 0 &&
    (volume.spec.storageClassName ?? '') === classOf(claim) &&
    (volume.spec.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem') &&
    (spec.accessModes ?? []).every((mode) => modes.includes(mode)) &&
    (spec.selector === undefined || labelSelectorAsSelector(spec.selector).matches(volume.metadata.labels))
  )
}

/** The volume that a claim should get: one set aside for it, else the smallest that is free and fits. */
export function findVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
): PersistentVolume | undefined {
  const wanted = claim.spec?.volumeName ?? ''
  if (wanted !== '') {
    return volumes.find((one) => one.metadata.name === wanted && (one.spec.claimRef === undefined || isFor(one, claim)))
  }
  const reserved = volumes.find((one) => isFor(one, claim))
  if (reserved !== undefined) return reserved
  return volumes
    .filter((one) => one.spec.claimRef === undefined && one.metadata.deletionTimestamp === undefined)
    .filter((one) => satisfies(one, claim))
    .sort(
      (a, b) =>
        (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0) ||
        compareQuantities(sizeOf(a), sizeOf(b)) ||
        compare(a.metadata.name, b.metadata.name),
    )[0]
}

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** The class that a claim asks for, empty for none; the old annotation goes before the field. @see pkg/apis/core/v1/helper GetPersistentVolumeClaimClass */
export function classOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[classAnnotation] ?? claim.spec?.storageClassName ?? ''
}
