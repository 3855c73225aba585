import type { Lister, Listers, WatchedKind, WatchedObjects } from '../framework/objects.ts'

interface Named {
  readonly metadata: { readonly name?: string; readonly namespace?: string }
}

/** The known objects of one kind. */
export class ObjectStore<T extends Named> implements Lister<T> {
  readonly #byKey: Map<string, T> = new Map()
  readonly #byNamespace: Map<string, Map<string, T>> = new Map()
  #version = 0

  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#byKey.size
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)
  }

  values(): Iterable<T> {
    return this.#byKey.values()
  }

  inNamespace(namespace: string): Iterable<T> {
    return this.#byNamespace.get(namespace)?.values() ?? []
  }

  /** Adds an object or replaces the one of its name. */
  put(object: T): void {
    const key = keyOf(object)
    const namespace = object.metadata.namespace ?? ''
    this.#version++
    this.#byKey.set(key, object)
    const members = this.#byNamespace.get(namespace)
    if (members) members.set(key, object)
    else this.#byNamespace.set(namespace, new Map([[key, object]]))
  }

  remove(object: T): void {
    const key = keyOf(object)
    if (!this.#byKey.delete(key)) return
    this.#version++
    const namespace = object.metadata.namespace ?? ''
    const members = this.#byNamespace.get(namespace)
    members?.delete(key)
    if (members?.size === 0) this.#byNamespace.delete(namespace)
  }
}

type Stores = { readonly [Kind in WatchedKind]: ObjectStore<WatchedObjects[Kind]> }

/** The known objects of every watched kind. */
export class ObjectStores {
  readonly #stores: Stores = {
    Namespace: new ObjectStore(),
    Service: new ObjectStore(),
    ReplicationController: new ObjectStore(),
    ReplicaSet: new ObjectStore(),
    StatefulSet: new ObjectStore(),
    PersistentVolume: new ObjectStore(),
    PersistentVolumeClaim: new ObjectStore(),
    StorageClass: new ObjectStore(),
    CSINode: new ObjectStore(),
    CSIDriver: new ObjectStore(),
    CSIStorageCapacity: new ObjectStore(),
    VolumeAttachment: new ObjectStore(),
    PodDisruptionBudget: new ObjectStore(),
    PriorityClass: new ObjectStore(),
    Workload: new ObjectStore(),
  }
  readonly listers: Listers

  constructor() {
    const stores = this.#stores
    this.listers = {
      namespaces: stores.Namespace,
      services: stores.Service,
      replicationControllers: stores.ReplicationController,
      replicaSets: stores.ReplicaSet,
      statefulSets: stores.StatefulSet,
      persistentVolumes: stores.PersistentVolume,
      persistentVolumeClaims: stores.PersistentVolumeClaim,
      storageClasses: stores.StorageClass,
      csiNodes: stores.CSINode,
      csiDrivers: stores.CSIDriver,
      csiStorageCapacities: stores.CSIStorageCapacity,
      volumeAttachments: stores.VolumeAttachment,
      podDisruptionBudgets: stores.PodDisruptionBudget,
      priorityClasses: stores.PriorityClass,
      workloads: stores.Workload,
    }
  }

  /** Takes over a change: `after` undefined removes `before`. */
  change<Kind extends WatchedKind>(
    kind: Kind,
    before: WatchedObjects[Kind] | undefined,
    after: WatchedObjects[Kind] | undefined,
  ): void {
    const store: ObjectStore<WatchedObjects[Kind]> = this.#stores[kind]
    if (after !== undefined) store.put(after)
    else if (before !== undefined) store.remove(before)
  }
}

function keyOf({ metadata: { name, namespace } }: Named): string {
  return namespace ? `${namespace}/${name ?? ''}` : (name ?? '')
}
