import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import { controllerOf, namespaceOf } from '../api/meta.ts'

// An informer takes an index again only with the same function, so these are shared by all controllers.

const controllerUid = (object: KubeObject): readonly string[] => {
  const owner = controllerOf(object)
  return owner === undefined ? [] : [owner.uid]
}
const orphanNamespace = (object: KubeObject): readonly string[] =>
  controllerOf(object) === undefined ? [namespaceOf(object)] : []
const namespaceIndex = (object: KubeObject): readonly string[] => [namespaceOf(object)]

/** Indexes an informer by controller; see {@link ownedAndOrphaned}. */
export function indexByController<T extends KubeObject>(informer: Informer<T>): void {
  informer.index('controller-uid', controllerUid)
  informer.index('orphans', orphanNamespace)
}

/** Indexes an informer by namespace; see {@link inNamespace}. */
export function indexByNamespace<T extends KubeObject>(informer: Informer<T>): void {
  informer.index('namespace', namespaceIndex)
}

/** What the controller with that uid owns. */
export function ownedBy<T extends KubeObject>(informer: Informer<T>, uid: string): readonly Stored<T>[] {
  return informer.store.byIndex('controller-uid', uid)
}

/** What nobody controls in a namespace. */
export function orphansIn<T extends KubeObject>(informer: Informer<T>, namespace: string): readonly Stored<T>[] {
  return informer.store.byIndex('orphans', namespace)
}

/** What a controller owns or could adopt. */
export function ownedAndOrphaned<T extends KubeObject>(
  informer: Informer<T>,
  owner: Stored<unknown>,
): readonly Stored<T>[] {
  const orphans = orphansIn(informer, owner.metadata.namespace ?? '')
  const owned = ownedBy(informer, owner.metadata.uid)
  return orphans.length === 0 ? owned : [...owned, ...orphans]
}

/** Everything in a namespace. */
export function inNamespace<T extends KubeObject>(informer: Informer<T>, namespace: string): readonly Stored<T>[] {
  return informer.store.byIndex('namespace', namespace)
}
