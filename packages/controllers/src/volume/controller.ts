import { isAlreadyExists, isNotFound } from '@kube-bonsai/apimachinery'
import type { PersistentVolumeClaim, PersistentVolumeClaimDraft } from '../api/apps.ts'
import { claims } from '../api/known.ts'
import { joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { classOf, findVolume } from './match.ts'
import {
  type PersistentVolume,
  type PersistentVolumeDraft,
  type StorageClass,
  storageClasses,
  volumes,
} from './types.ts'

const name = 'persistentvolume-binder-controller'
const nodeAnnotation = 'volume.kubernetes.io/selected-node'
const volumePrefix = 'volume '

/** Makes volumes for claims; the world outside, with a simulated default. */
export interface Provisioner {
  /**
   * The spec of a new volume, without claimRef, class and reclaim policy, which the controller fills in.
   * Undefined for a class that is not its own: the claim waits for someone else.
   *
   * @param node the node that the scheduler chose, for a class that waits for its first consumer
   */
  provision(
    claim: PersistentVolumeClaim,
    storageClass: StorageClass,
    node: string | undefined,
  ): PersistentVolumeDraft['spec'] | undefined
}

/** Makes a hostPath volume of the wanted size for every class that has a provisioner. */
export const simulatedProvisioner: Provisioner = {
  provision: (claim, { provisioner }) => {
    if (provisioner === 'kubernetes.io/no-provisioner') return undefined
    return {
      capacity: { storage: claim.spec?.resources?.requests?.['storage'] ?? '1Gi' },
      accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      hostPath: { path: `/var/lib/volumes/pvc-${claim.metadata.uid}`, type: 'DirectoryOrCreate' },
    }
  },
}

/** Binds claims to volumes, and provisions volumes for those that find none. @see pkg/controller/volume/persistentvolume */
export function volumeBinder(provisioner: Provisioner = simulatedProvisioner): Controller {
  return { name, start: (context) => startBinder(context, provisioner) }
}

function startBinder(context: ControllerContext, provisioner: Provisioner): RunningController {
  const { client } = context
  const recorder = context.recorder('persistentvolume-controller')
  const claimInformer = informerOf(context.informers, claims)
  const volumeInformer = informerOf(context.informers, volumes)
  const classInformer = informerOf(context.informers, storageClasses)
  const volumeClient = clientOf(client, volumes)
  const loop: Loop = new Loop({
    name,
    context,
    // One at a time, so that no two claims get the same volume.
    workers: 1,
    sync: (key) => (key.startsWith(volumePrefix) ? syncVolume(key.slice(volumePrefix.length)) : syncClaim(key)),
  })
  const waiting = (): void => {
    for (const claim of claimInformer.store.list()) if (claim.status?.phase !== 'Bound') loop.queue.add(keyOf(claim))
  }

  async function syncClaim(key: string): Promise<void> {
    const claim = claimInformer.store.get(key)
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined || claim.status?.phase === 'Bound') return
    const storageClass = classInformer.store.get(classOf(claim))
    const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
    const node = claim.metadata.annotations?.[nodeAnnotation]
    if (delayed && node === undefined && (claim.spec?.volumeName ?? '') === '') {
      const message = 'waiting for first consumer to be created before binding'
      recorder.event(claim, 'Normal', 'WaitForFirstConsumer', message)
      return
    }
    const known = await liveVolumes()
    const found = findVolume(known, claim)
    if (found !== undefined) return bind(claim, found)
    if (storageClass === undefined) {
      const message = 'no persistent volumes available for this claim and no storage class is set'
      if (classOf(claim) === '') recorder.event(claim, 'Normal', 'FailedBinding', message)
      return
    }
    const made = await provision(claim, storageClass, node)
    if (made !== undefined) await bind(claim, made)
  }

  /** The informer may not know yet what the last claim was given. */
  async function liveVolumes(): Promise<readonly PersistentVolume[]> {
    return (await volumeClient.list()).items
  }

  async function provision(
    claim: PersistentVolumeClaim,
    storageClass: StorageClass,
    node: string | undefined,
  ): Promise<PersistentVolume | undefined> {
    const spec = provisioner.provision(claim, storageClass, node)
    if (spec === undefined) return undefined
    const volume = `pvc-${claim.metadata.uid}`
    const draft: PersistentVolumeDraft = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume, annotations: { 'pv.kubernetes.io/provisioned-by': storageClass.provisioner } },
      spec: {
        ...spec,
        storageClassName: storageClass.metadata.name,
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        claimRef: claimRefTo(claim),
      },
    }
    try {
      const created = await volumeClient.create(draft)
      const message = `Successfully provisioned volume ${volume} using ${storageClass.provisioner}`
      recorder.event(claim, 'Normal', 'ProvisioningSucceeded', message)
      return created
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      return volumeClient.get(volume)
    }
  }

  async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const owned = volume.spec.claimRef?.uid === claim.metadata.uid
    const bound = owned
      ? volume
      : await volumeClient.update({
          ...volume,
          metadata: withAnnotation(volume.metadata, 'pv.kubernetes.io/bound-by-controller'),
          spec: { ...volume.spec, claimRef: claimRefTo(claim) },
        })
    await setPhase(bound, 'Bound')
    const claimClient = clientOf(client, claims, namespaceOf(claim))
    const named = (claim.spec?.volumeName ?? '') !== ''
    const complete = claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] === 'yes'
    const metadata = withAnnotation(claim.metadata, 'pv.kubernetes.io/bind-completed')
    const next: PersistentVolumeClaimDraft = {
      ...claim,
      metadata: named ? metadata : withAnnotation(metadata, 'pv.kubernetes.io/bound-by-controller'),
      spec: { ...claim.spec, volumeName: bound.metadata.name },
    }
    const current = named && complete ? claim : await claimClient.update(next)
    const { capacity = {}, accessModes = [] } = bound.spec
    await claimClient.updateStatus({ ...current, status: { ...current.status, phase: 'Bound', capacity, accessModes } })
  }

  async function setPhase(volume: PersistentVolume, phase: string): Promise<void> {
    const status = { ...volume.status, phase }
    if (!semanticallyEqual(status, volume.status)) await volumeClient.updateStatus({ ...volume, status })
  }

  async function syncVolume(key: string): Promise<void> {
    const volume = volumeInformer.store.get(key)
    if (volume === undefined || volume.metadata.deletionTimestamp !== undefined) return
    const ref = volume.spec.claimRef
    if (ref === undefined || ref.uid === undefined || ref.uid === '') return setPhase(volume, 'Available')
    if (await claimExists(ref)) return
    // Protection lets a volume go only when it is not bound.
    await setPhase(volume, 'Released')
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return
    try {
      await volumeClient.delete(key)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  async function claimExists({
    namespace = '',
    name: claim = '',
    uid,
  }: NonNullable<PersistentVolume['spec']['claimRef']>): Promise<boolean> {
    if (claimInformer.store.get(joinKey(namespace, claim))?.metadata.uid === uid) return true
    try {
      return (await clientOf(client, claims, namespace).get(claim)).metadata.uid === uid
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  return loop
    .listen(claimInformer, {
      ...onEach<PersistentVolumeClaim>((claim) => loop.queue.add(keyOf(claim))),
      onDelete: (claim) => loop.queue.add(`${volumePrefix}${claim.spec?.volumeName ?? ''}`),
    })
    .listen(volumeInformer, {
      onAdd: (volume) => {
        loop.queue.add(`${volumePrefix}${volume.metadata.name}`)
        waiting()
      },
      onUpdate: (volume) => loop.queue.add(`${volumePrefix}${volume.metadata.name}`),
    })
    .listen(classInformer, { onAdd: waiting })
    .run()
}

function claimRefTo(claim: PersistentVolumeClaim) {
  const { name: claimName, uid } = claim.metadata
  const namespace = namespaceOf(claim)
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid }
}

function withAnnotation<M extends { readonly annotations?: Readonly<Record<string, string>> }>(
  metadata: M,
  key: string,
): M {
  return { ...metadata, annotations: { ...metadata.annotations, [key]: 'yes' } }
}
