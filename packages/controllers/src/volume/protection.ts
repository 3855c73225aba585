import { isNotFound, type KubeObject, type Stored } from '@kube-bonsai/apimachinery'
import type { PersistentVolumeClaim } from '../api/apps.ts'
import { claims, pods } from '../api/known.ts'
import { keyOf, namespaceOf, splitKey } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { clientOf, informerOf, type ResourceRef } from '../api/resources.ts'
import type { Controller, ControllerContext } from '../controller.ts'
import { Loop } from '../shell/loop.ts'
import { volumes } from './types.ts'
import { claimKeys, usesClaim } from './usage.ts'

/** Lets a deleted claim go once no scheduled pod uses it. @see pkg/controller/volume/pvcprotection */
export const claimProtection: Controller = {
  name: 'persistentvolumeclaim-protection-controller',
  start(context) {
    const podInformer = informerOf(context.informers, pods)
    podInformer.index('claims', claimKeys)
    const isUsed = async (claim: PersistentVolumeClaim): Promise<boolean> => {
      if (podInformer.store.byIndex('claims', keyOf(claim)).some((pod) => usesClaim(pod, claim))) return true
      // The informer may not know yet of a pod that has just been scheduled.
      const live = await clientOf(context.client, pods, namespaceOf(claim)).list()
      return live.items.some((pod) => usesClaim(pod, claim))
    }
    const loop = protect(this.name, context, claims, 'kubernetes.io/pvc-protection', isUsed)
    const release = (pod: Pod): void => {
      for (const key of claimKeys(pod)) loop.queue.add(key)
    }
    return loop.listen(podInformer, { onUpdate: release, onDelete: release }).run()
  },
}

/** Lets a deleted volume go once it is not bound. @see pkg/controller/volume/pvprotection */
export const volumeProtection: Controller = {
  name: 'persistentvolume-protection-controller',
  start(context) {
    const isUsed = async ({ status }: { readonly status?: { readonly phase?: string } }) => status?.phase === 'Bound'
    return protect(this.name, context, volumes, 'kubernetes.io/pv-protection', isUsed).run()
  },
}

function protect<T extends KubeObject>(
  name: string,
  context: ControllerContext,
  ref: ResourceRef<T>,
  finalizer: string,
  isUsed: (object: Stored<T>) => Promise<boolean>,
): Loop {
  const informer = informerOf(context.informers, ref)
  const loop: Loop = new Loop({ name, context, sync })
  const isMarked = ({ metadata }: Stored<T>): boolean => metadata.finalizers?.includes(finalizer) ?? false
  const enqueue = (object: Stored<T>): void => {
    if ((object.metadata.deletionTimestamp !== undefined) === isMarked(object)) loop.queue.add(keyOf(object))
  }

  async function sync(key: string): Promise<void> {
    const object = informer.store.get(key)
    if (object === undefined || (object.metadata.deletionTimestamp !== undefined) !== isMarked(object)) return
    const { finalizers = [], deletionTimestamp } = object.metadata
    if (deletionTimestamp !== undefined && (await isUsed(object))) return
    const next =
      deletionTimestamp === undefined ? [...finalizers, finalizer] : finalizers.filter((f) => f !== finalizer)
    const draft = { ...object, metadata: { ...object.metadata, finalizers: next } }
    try {
      await clientOf(context.client, ref, splitKey(key).namespace).update(draft as unknown as T)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  return loop.listen(informer, { onAdd: enqueue, onUpdate: enqueue })
}
