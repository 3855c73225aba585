import type { ReplicaSet, StatefulSet } from '@kube-bonsai/api-types/apps/v1'
import type {
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  ReplicationController,
  Service,
} from '@kube-bonsai/api-types/core/v1'
import type { PodDisruptionBudget } from '@kube-bonsai/api-types/policy/v1'
import type { PriorityClass } from '@kube-bonsai/api-types/scheduling/v1'
import type { Workload } from '@kube-bonsai/api-types/scheduling/v1alpha1'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '@kube-bonsai/api-types/storage/v1'

/** What the scheduler watches besides nodes and pods, by kind. */
export interface WatchedObjects {
  readonly Namespace: Namespace
  readonly Service: Service
  readonly ReplicationController: ReplicationController
  readonly ReplicaSet: ReplicaSet
  readonly StatefulSet: StatefulSet
  readonly PersistentVolume: PersistentVolume
  readonly PersistentVolumeClaim: PersistentVolumeClaim
  readonly StorageClass: StorageClass
  readonly CSINode: CSINode
  readonly CSIDriver: CSIDriver
  readonly CSIStorageCapacity: CSIStorageCapacity
  readonly VolumeAttachment: VolumeAttachment
  readonly PodDisruptionBudget: PodDisruptionBudget
  readonly PriorityClass: PriorityClass
  readonly Workload: Workload
}

/** A kind that the scheduler watches besides Node and Pod. */
export type WatchedKind = keyof WatchedObjects

/** What is known of one kind. Objects are as the API shows them. */
export interface Lister<T> {
  /** Rises with every change, so that what was derived can be kept until then. */
  readonly version: number
  readonly size: number
  /** By `namespace/name`, or by name alone for cluster-scoped kinds. */
  get(key: string): T | undefined
  /** In the order in which they were first seen. */
  values(): Iterable<T>
  /** Those of one namespace, in the order in which they were first seen. */
  inNamespace(namespace: string): Iterable<T>
}

/** What is known of every watched kind. */
export interface Listers {
  readonly namespaces: Lister<WatchedObjects['Namespace']>
  readonly services: Lister<WatchedObjects['Service']>
  readonly replicationControllers: Lister<WatchedObjects['ReplicationController']>
  readonly replicaSets: Lister<WatchedObjects['ReplicaSet']>
  readonly statefulSets: Lister<WatchedObjects['StatefulSet']>
  readonly persistentVolumes: Lister<WatchedObjects['PersistentVolume']>
  readonly persistentVolumeClaims: Lister<WatchedObjects['PersistentVolumeClaim']>
  readonly storageClasses: Lister<WatchedObjects['StorageClass']>
  readonly csiNodes: Lister<WatchedObjects['CSINode']>
  readonly csiDrivers: Lister<WatchedObjects['CSIDriver']>
  readonly csiStorageCapacities: Lister<WatchedObjects['CSIStorageCapacity']>
  readonly volumeAttachments: Lister<WatchedObjects['VolumeAttachment']>
  readonly podDisruptionBudgets: Lister<WatchedObjects['PodDisruptionBudget']>
  readonly priorityClasses: Lister<WatchedObjects['PriorityClass']>
  readonly workloads: Lister<WatchedObjects['Workload']>
}
