import type { PersistentVolume } from '@kube-bonsai/api-types/core/v1'
import type { SharedStorage } from './shared-storage.ts'

const provisionedBy = 'pv.kubernetes.io/provisioned-by'

/** Where a persistent volume has what it holds: at a path of each node that it is used on, or in a storage system of its own. */
export type VolumePlace =
  | { readonly kind: 'hostPath'; readonly path: string; readonly type: string }
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'shared'; readonly key: string }

/**
 * Where the contents of a persistent volume are. Volumes that were provisioned stand for those of a storage system, whatever their
 * source: their contents follow the pods.
 */
export function volumePlace({ metadata, spec = {} }: PersistentVolume): VolumePlace {
  const { hostPath, local, csi, nfs } = spec
  const isProvisioned = metadata.annotations?.[provisionedBy] !== undefined
  if (hostPath && !isProvisioned) return { kind: 'hostPath', path: hostPath.path, type: hostPath.type ?? '' }
  if (local) return { kind: 'local', path: local.path }
  if (csi) return { kind: 'shared', key: `csi ${csi.driver} ${csi.volumeHandle}` }
  if (nfs) return { kind: 'shared', key: `nfs ${nfs.server}:${nfs.path}` }
  return { kind: 'shared', key: `volume ${metadata.uid}` }
}

/** True for a volume whose source says that nobody may write to it. */
export function isReadOnlyVolume({ spec = {} }: PersistentVolume): boolean {
  return Object.values(spec).some(
    (source) => typeof source === 'object' && source !== null && 'readOnly' in source && source.readOnly === true,
  )
}

/** The volume is gone from the API: its storage system deletes what it holds, unless it is to be retained. */
export function forgetVolume(storage: SharedStorage, volume: PersistentVolume): void {
  const place = volumePlace(volume)
  const isKept = volume.spec?.persistentVolumeReclaimPolicy === 'Retain'
  if (place.kind === 'shared' && !isKept) storage.remove(place.key)
}
