import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { MountError } from '../mount-error.ts'

/** What a node looks up to find the volume behind a claim. */
export interface ClaimObjects {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  persistentVolume(name: string): PersistentVolume | undefined
}

/** The name of the claim behind a volume of a pod; generic ephemeral volumes have one of their own. */
export function claimName(pod: Pod, { name, persistentVolumeClaim }: Volume): string {
  return persistentVolumeClaim?.claimName ?? `${pod.metadata.name}-${name}`
}

/**
 * Finds the persistent volume that a pod's claim is bound to. Throws a MountError for a claim or a volume that is not there, is not bound
 * (to the other), goes away, belongs to another pod or is of the wrong mode.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go createVolumeSpec
 */
export function claimedVolume(pod: Pod, volume: Volume, objects: ClaimObjects): PersistentVolume {
  const { namespace = '' } = pod.metadata
  const name = claimName(pod, volume)
  const failed = (why: string) => new MountError(`error processing PVC ${namespace}/${name}: ${why}`, 'process')
  const claim = objects.claim(namespace, name)
  if (claim === undefined) {
    throw failed(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`)
  }
  if (claim.metadata.deletionTimestamp !== undefined) throw failed('PVC is being deleted')
  if (claim.status?.phase !== 'Bound') throw failed('PVC is not bound')
  const { volumeName = '' } = claim.spec ?? {}
  if (volumeName === '') throw failed('PVC has empty pvc.Spec.VolumeName')
  if (volume.ephemeral && !isOwnedBy(claim, pod)) {
    const who = `${namespace}/${pod.metadata.name}`
    throw new MountError(`PVC ${namespace}/${name} was not created for pod ${who} (pod is not owner)`, 'process')
  }
  const found = objects.persistentVolume(volumeName)
  if (found === undefined) {
    throw failed(`failed to fetch PV ${volumeName} from API server: persistentvolumes "${volumeName}" not found`)
  }
  const { claimRef, volumeMode = 'Filesystem' } = found.spec ?? {}
  if (claimRef === undefined) {
    throw failed(
      `found PV object ${volumeName} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`,
    )
  }
  if (claimRef.uid !== claim.metadata.uid) {
    throw failed(
      `found PV object ${volumeName} but its pv.Spec.ClaimRef.UID ${claimRef.uid} does not point to claim.UID ${claim.metadata.uid}`,
    )
  }
  checkMode(pod, volume.name, volumeMode)
  return found
}

function isOwnedBy({ metadata }: PersistentVolumeClaim, pod: Pod): boolean {
  return (
    metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === pod.metadata.uid) === true
  )
}

function checkMode({ spec }: Pod, name: string, mode: string): void {
  const containers = [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ]
  const wrong = (field: string) =>
    new MountError(`volume ${name} has volumeMode ${mode}, but is specified in ${field}`, 'process')
  const isUsed = (field: 'volumeMounts' | 'volumeDevices') =>
    containers.some((container) => container[field]?.some((use) => use.name === name))
  if (mode !== 'Filesystem' && isUsed('volumeMounts')) throw wrong('volumeMounts')
  if (mode !== 'Block' && isUsed('volumeDevices')) throw wrong('volumeDevices')
}
