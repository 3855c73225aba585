import type { Informer, InformerFactory } from '@kube-bonsai/client'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Scheduler, WatchedKind, WatchedObjects } from '@kube-bonsai/scheduler-core'

/** What a scheduler watches. */
export interface SchedulerWatch {
  /** Resolves when everything that was there at the start is known. */
  readonly synced: Promise<unknown>
  stop(): void
}

/** Tells the scheduler of everything that it listens to, and `kick` after each change. */
export function watchObjects(
  scheduler: Scheduler,
  informers: InformerFactory,
  gates: FeatureGates,
  kick: () => void,
): SchedulerWatch {
  const stops: (() => void)[] = []
  const waits: Promise<void>[] = []
  const react = (change: () => void) => {
    change()
    kick()
  }
  const watch = <Kind extends WatchedKind>(kind: Kind, informer: Informer<WatchedObjects[Kind]>) => {
    waits.push(informer.synced())
    stops.push(
      informer.handle({
        onAdd: (object) => react(() => scheduler.objectChanged(kind, undefined, object)),
        onUpdate: (object, old) => react(() => scheduler.objectChanged(kind, old, object)),
        onDelete: (object) => react(() => scheduler.objectChanged(kind, object, undefined)),
      }),
    )
  }
  // Volumes, claims and services first: a node or a pod that comes early would be judged without them.
  watch('Namespace', informers.informer('v1/namespaces'))
  watch('Service', informers.informer('v1/services'))
  watch('ReplicationController', informers.informer('v1/replicationcontrollers'))
  watch('ReplicaSet', informers.informer('apps/v1/replicasets'))
  watch('StatefulSet', informers.informer('apps/v1/statefulsets'))
  watch('PersistentVolume', informers.informer('v1/persistentvolumes'))
  watch('PersistentVolumeClaim', informers.informer('v1/persistentvolumeclaims'))
  watch('StorageClass', informers.informer('storage.k8s.io/v1/storageclasses'))
  watch('CSINode', informers.informer('storage.k8s.io/v1/csinodes'))
  watch('CSIDriver', informers.informer('storage.k8s.io/v1/csidrivers'))
  watch('CSIStorageCapacity', informers.informer('storage.k8s.io/v1/csistoragecapacities'))
  watch('VolumeAttachment', informers.informer('storage.k8s.io/v1/volumeattachments'))
  watch('PodDisruptionBudget', informers.informer('policy/v1/poddisruptionbudgets'))
  watch('PriorityClass', informers.informer('scheduling.k8s.io/v1/priorityclasses'))
  if (gates.enabled('GangScheduling')) watch('Workload', informers.informer('scheduling.k8s.io/v1alpha1/workloads'))

  const nodes = informers.informer('v1/nodes')
  const pods = informers.informer('v1/pods')
  waits.push(nodes.synced(), pods.synced())
  stops.push(
    nodes.handle({
      onAdd: (node) => react(() => scheduler.nodeChanged(undefined, node)),
      onUpdate: (node, old) => react(() => scheduler.nodeChanged(old, node)),
      onDelete: (node) => react(() => scheduler.nodeRemoved(node)),
    }),
    pods.handle({
      onAdd: (pod) => react(() => scheduler.podChanged(undefined, pod)),
      onUpdate: (pod, old) => react(() => scheduler.podChanged(old, pod)),
      onDelete: (pod) => react(() => scheduler.podRemoved(pod)),
    }),
  )
  return {
    synced: Promise.all(waits),
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}
