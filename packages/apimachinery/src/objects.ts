/** Any JSON value; objects and arrays are never changed once they are shared. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. A key whose value is `undefined` counts as absent. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** A group and a version, as `apiVersion` spells them: `v1`, `apps/v1`. */
export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Names a type of the API. */
export interface GroupVersionKind extends GroupVersion {
  readonly kind: string
}

/** Names a REST resource of the API; `resource` is the lower-case plural. */
export interface GroupVersionResource extends GroupVersion {
  readonly resource: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ownerreference-v1-meta */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#managedfieldsentry-v1-meta */
export interface ManagedFieldsEntry {
  readonly apiVersion?: string
  readonly fieldsType?: string
  readonly fieldsV1?: JsonObject
  readonly manager?: string
  readonly operation?: string
  readonly subresource?: string
  readonly time?: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#objectmeta-v1-meta */
export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: { readonly [key: string]: string }
  readonly annotations?: { readonly [key: string]: string }
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
  readonly selfLink?: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#listmeta-v1-meta */
export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly selfLink?: string
}

/** What every object of the API has. Each generated kind is one. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** An object whose kind is not known when the code is written: its other fields must be looked at before use. */
export interface Unstructured extends KubeObject {
  readonly [field: string]: unknown
}

/** An object as a server returns it: the fields that only a server sets are there. */
export type Stored<T> = T & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta & {
    readonly name: string
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
}

/** A list as a server returns it. */
export interface ObjectList<T> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ListMeta
  readonly items: readonly T[]
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#condition-v1-meta */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown' | (string & {})
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly observedGeneration?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#statuscause-v1-meta */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#statusdetails-v1-meta */
export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#status-v1-meta */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: ListMeta
  readonly status?: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** One event of a watch. `ERROR` carries a Status; `BOOKMARK` an object with nothing but a resource version. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: Status }
