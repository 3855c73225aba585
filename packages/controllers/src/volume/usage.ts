import type { PersistentVolumeClaim } from '../api/apps.ts'
import { isControlledBy, joinKey, namespaceOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'

/** The keys of the claims that a scheduled pod names or would make; a pod without a node keeps no claim alive. */
export function claimKeys(pod: Pod): readonly string[] {
  if ((pod.spec.nodeName ?? '') === '') return []
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const { name, persistentVolumeClaim: source } = volume
    if (source !== undefined) return [joinKey(namespaceOf(pod), source.claimName)]
    return volume['ephemeral'] === undefined ? [] : [joinKey(namespaceOf(pod), `${pod.metadata.name}-${name}`)]
  })
}

/** Says whether a pod keeps a claim alive. @see pkg/controller/volume/pvcprotection/pvc_protection_controller.go podUsesPVC */
export function usesClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if ((pod.spec.nodeName ?? '') === '' || namespaceOf(pod) !== namespaceOf(claim)) return false
  return (pod.spec.volumes ?? []).some((volume) => {
    if (volume.persistentVolumeClaim?.claimName === claim.metadata.name) return true
    const made = volume['ephemeral'] !== undefined && `${pod.metadata.name}-${volume.name}` === claim.metadata.name
    return made && isControlledBy(claim, pod) && !isShutDown(pod)
  })
}

function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
}
