import { isAlreadyExists, isNotFound, type KubeObject, type Stored } from '@kube-bonsai/apimachinery'
import { type Namespace, namespaces } from '../api/core.ts'
import { joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import { clientOf, informerOf, type ResourceRef } from '../api/resources.ts'
import type { ControllerContext, RunningController } from '../controller.ts'
import { Loop } from '../shell/loop.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'

/** One object that every namespace is to have. */
export interface PerNamespace<T extends KubeObject> {
  readonly controller: string
  readonly ref: ResourceRef<T>
  readonly objectName: string
  /** The object for a namespace. */
  make(namespace: string): T
  /** The object as it should be; absent when any object of that name will do. */
  repair?(present: Stored<T>): Stored<T> | undefined
}

/** Keeps one object in every namespace that is not being deleted. */
export function keepInEachNamespace<T extends KubeObject>(
  what: PerNamespace<T>,
  context: ControllerContext,
): RunningController {
  const { controller, ref, objectName, make, repair } = what
  const all = informerOf(context.informers, namespaces)
  const objects = informerOf(context.informers, ref)
  const sync = async (key: string): Promise<void> => {
    const namespace = all.store.get(key)
    if (namespace === undefined || namespace.status?.phase === 'Terminating') return
    if (namespace.metadata.deletionTimestamp !== undefined) return
    const present = objects.store.get(joinKey(key, objectName))
    const resource = clientOf(context.client, ref, key)
    try {
      if (present === undefined) await resource.create(make(key))
      else {
        const wanted = repair?.(present)
        if (wanted !== undefined) await resource.update(wanted as unknown as T)
      }
    } catch (error) {
      if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error
    }
  }
  const loop = new Loop({ name: controller, context, sync })
  const add = (namespace: Namespace): void => loop.queue.add(keyOf(namespace))
  const again = (object: Stored<T>): void => {
    if (object.metadata.name === objectName) loop.queue.add(namespaceOf(object as unknown as KubeObject))
  }
  return loop.listen(all, { onAdd: add, onUpdate: add }).listen(objects, { onUpdate: again, onDelete: again }).run()
}
