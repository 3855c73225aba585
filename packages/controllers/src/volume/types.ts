import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import { clusterScoped, type ResourceRef } from '../api/resources.ts'

/** A PersistentVolume before it is stored. */
export interface PersistentVolumeDraft extends KubeObject {
  readonly spec: {
    readonly capacity?: Readonly<Record<string, string>>
    readonly accessModes?: readonly string[]
    readonly storageClassName?: string
    readonly persistentVolumeReclaimPolicy?: string
    readonly volumeMode?: string
    readonly claimRef?: {
      readonly apiVersion?: string
      readonly kind?: string
      readonly namespace?: string
      readonly name?: string
      readonly uid?: string
    }
    readonly [field: string]: unknown
  }
  readonly status?: { readonly phase?: string }
}

/** A PersistentVolume as the server returns it. */
export type PersistentVolume = Stored<PersistentVolumeDraft>

/** A StorageClass. */
export interface StorageClassDraft extends KubeObject {
  readonly provisioner: string
  readonly reclaimPolicy?: string
  readonly volumeBindingMode?: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** A StorageClass as the server returns it. */
export type StorageClass = Stored<StorageClassDraft>

export const volumes: ResourceRef<PersistentVolumeDraft> = clusterScoped(
  '',
  'v1',
  'persistentvolumes',
  'PersistentVolume',
)
export const storageClasses: ResourceRef<StorageClassDraft> = clusterScoped(
  'storage.k8s.io',
  'v1',
  'storageclasses',
  'StorageClass',
)
