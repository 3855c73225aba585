import type { PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { isControlledBy } from '@kube-bonsai/apimachinery'

/** A claim that a volume of a pod stands for. */
export interface ClaimReference {
  readonly name: string
  /** The claim is made for the pod, from the volume's template. */
  readonly ephemeral: boolean
}

/** The claim behind a volume; undefined for other kinds of volumes. */
export function claimReference(pod: Pod, volume: Volume): ClaimReference | undefined {
  if (volume.persistentVolumeClaim !== undefined)
    return { name: volume.persistentVolumeClaim.claimName, ephemeral: false }
  if (volume.ephemeral !== undefined) return { name: `${pod.metadata.name ?? ''}-${volume.name}`, ephemeral: true }
  return undefined
}

/** All claims behind a pod's volumes, in the order of the volumes. */
export function claimReferences(pod: Pod): readonly ClaimReference[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => claimReference(pod, volume) ?? [])
}

/** `namespace/name` of a claim of the pod. */
export function claimKey(pod: Pod, name: string): string {
  return `${pod.metadata.namespace ?? ''}/${name}`
}

/** `namespace/name` of a claim. */
export function keyOfClaim({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
}

/** Why an ephemeral volume's claim is not the pod's own; undefined when it is. */
export function whyNotOwned(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  if (claim.metadata.namespace === pod.metadata.namespace && isControlledBy(claim, pod)) return undefined
  const key = claimKey(pod, pod.metadata.name ?? '')
  return `PVC ${keyOfClaim(claim)} was not created for pod ${key} (pod is not owner)`
}

/** The storage class of a claim, the old annotation first; empty for none. */
export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
}

/** What a lister says of an object that it does not know. */
export function notFound(resource: string, name: string): string {
  return `${resource} ${JSON.stringify(name)} not found`
}

/** True when a change of a claim is about one of the pod's, ephemeral ones included where asked for. */
export function usesClaim(pod: Pod, { metadata }: PersistentVolumeClaim, ephemeral: boolean): boolean {
  if (metadata.namespace !== pod.metadata.namespace) return false
  return claimReferences(pod).some((claim) => claim.name === metadata.name && (ephemeral || !claim.ephemeral))
}
