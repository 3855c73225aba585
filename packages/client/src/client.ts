import type { ResourceTypes } from '@kube-bonsai/api-types'
import type {
  CancelSignal,
  GroupVersionResource,
  KubeObject,
  ObjectList,
  Status,
  Stored,
  Unstructured,
  WatchEvent,
} from '@kube-bonsai/apimachinery'
import type { Shortcuts } from './shortcuts.ts'

/** Options of every write. */
export interface WriteOptions {
  readonly fieldManager?: string
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  readonly dryRun?: boolean
  readonly signal?: CancelSignal
}

/** Options of list and deleteCollection. */
export interface ListOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  readonly signal?: CancelSignal
}

/** Options of watch. */
export interface WatchRequestOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  readonly allowWatchBookmarks?: boolean
  readonly sendInitialEvents?: boolean
  readonly timeoutSeconds?: number
}

/** Options of delete. */
export interface DeleteOptions extends Omit<WriteOptions, 'fieldManager' | 'fieldValidation'> {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** Options of get. */
export interface GetOptions {
  readonly resourceVersion?: string
  readonly signal?: CancelSignal
}

/** Options of apply. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string
  /** Takes over fields that other managers own, instead of failing with a conflict. */
  readonly force?: boolean
  readonly subresource?: string
}

/** The kinds of patch, by the names kubectl gives them. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** One resource, in one namespace or (for lists and watches) in all of them. Failures reject with a StatusError. */
export interface ResourceClient<T> {
  /** The same resource in one namespace. Throws an InvalidRequestError for a resource without namespaces. */
  namespace(name: string): ResourceClient<T>
  get(name: string, options?: GetOptions): Promise<Stored<T>>
  list(options?: ListOptions): Promise<ObjectList<Stored<T>>>
  /** Events as they come. Ends when the server ends the watch; leaving the loop, or aborting the signal, ends it here. */
  watch(options?: WatchRequestOptions): AsyncIterable<WatchEvent<Stored<T>>>
  create(object: T, options?: WriteOptions): Promise<Stored<T>>
  update(object: T, options?: WriteOptions & { readonly subresource?: string }): Promise<Stored<T>>
  updateStatus(object: T, options?: WriteOptions): Promise<Stored<T>>
  patch(
    name: string,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions & { readonly subresource?: string; readonly force?: boolean },
  ): Promise<Stored<T>>
  /** Server-side apply: `patch` of type `apply` for the object's own name and namespace. */
  apply(object: KubeObject, options: ApplyOptions): Promise<Stored<T>>
  /** Resolves with what the server answers: the object while it still exists, or a Status. */
  delete(name: string, options?: DeleteOptions): Promise<Stored<T> | Status>
  deleteCollection(options?: ListOptions & DeleteOptions): Promise<ObjectList<Stored<T>> | Status>
  /** GET of a subresource (scale, status). */
  getSubresource(name: string, subresource: string, options?: { readonly signal?: CancelSignal }): Promise<KubeObject>
  /** POST to a subresource (binding, eviction, token). */
  createSubresource(name: string, subresource: string, body: KubeObject, options?: WriteOptions): Promise<KubeObject>
  /** PUT to a subresource whose body is of another kind (scale). */
  updateSubresource(name: string, subresource: string, body: KubeObject, options?: WriteOptions): Promise<KubeObject>
}

/** The door to one API server. Has a short way to the most used resources too: `client.pods('default')`. */
export interface Client extends Shortcuts {
  /**
   * A built-in resource by `version/resource` or `group/version/resource`: `v1/pods`, `apps/v1/deployments`.
   * Throws an InvalidRequestError for any other.
   */
  resource<K extends keyof ResourceTypes>(key: K): ResourceClient<ResourceTypes[K]>
  /** Any resource, custom ones included. `namespaced` false for cluster-scoped ones. */
  dynamic(resource: GroupVersionResource & { readonly namespaced: boolean }): ResourceClient<Unstructured>
}
