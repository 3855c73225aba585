import type { GroupVersionKind, GroupVersionResource, KubeObject } from '@kube-bonsai/apimachinery'
import type { Client, Informer, InformerFactory, ResourceClient } from '@kube-bonsai/client'

/** A resource whose objects are `T`. */
export interface ResourceRef<T extends KubeObject> extends GroupVersionResource, GroupVersionKind {
  readonly namespaced: boolean
  /** Only there so that `T` is not forgotten; never set. */
  readonly draft?: T
}

/** Names a namespaced resource. */
export function namespaced<T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceRef<T> {
  return { group, version, resource, kind, namespaced: true }
}

/** Names a cluster-scoped resource. */
export function clusterScoped<T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceRef<T> {
  return { group, version, resource, kind, namespaced: false }
}

/** The client of a resource, in one namespace unless that is empty. */
export function clientOf<T extends KubeObject>(client: Client, ref: ResourceRef<T>, namespace = ''): ResourceClient<T> {
  const { group, version, resource, namespaced: scoped } = ref
  const all = client.dynamic({ group, version, resource, namespaced: scoped }) as unknown as ResourceClient<T>
  return scoped && namespace !== '' ? all.namespace(namespace) : all
}

/** The shared informer of a resource. */
export function informerOf<T extends KubeObject>(informers: InformerFactory, ref: ResourceRef<T>): Informer<T> {
  const { group, version, resource, namespaced: scoped } = ref
  return informers.dynamic({ group, version, resource, namespaced: scoped }) as unknown as Informer<T>
}

/** `apiVersion` of a resource's objects. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}
