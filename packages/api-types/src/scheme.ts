import type { GroupVersionKind, GroupVersionResource } from '@kube-bonsai/apimachinery'
import type { TypeName, TypeSchema } from './schema.ts'

/** A subresource of a resource: `pods/status`, `deployments/scale`. */
export interface SubresourceInfo {
  /** Without the resource: `status`. */
  readonly name: string
  /** The kind of its body, which may live in another group (autoscaling/v1 Scale). */
  readonly kind: GroupVersionKind
  readonly verbs: readonly string[]
}

/** What discovery says of one resource of v1.35.4. */
export interface ResourceInfo {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Lower-case plural: `pods`. */
  readonly resource: string
  readonly singular: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly SubresourceInfo[]
  /** The OpenAPI name of its type. */
  readonly type: TypeName
  readonly storageVersionHash?: string
  /** Whether a v1.35 server serves this group and version unless told otherwise: alpha and beta are off. */
  readonly servedByDefault: boolean
}

/** Types of some groups, loaded; `type` also finds types that loaded ones refer to. */
export interface TypeResolver {
  type(name: TypeName): TypeSchema | undefined
  typeOf(kind: GroupVersionKind): TypeSchema | undefined
}

/** A group of the API. */
export interface GroupInfo {
  /** Empty for the core group. */
  readonly group: string
  /** The preferred version first. */
  readonly versions: readonly string[]
  /** Those of `versions` that a v1.35 server serves unless told otherwise. @see pkg/controlplane/instance.go */
  readonly servedByDefault: readonly string[]
}

/** Every built-in resource of v1.35.4. Small and eager; the types behind it load by group and version. */
export interface Scheme {
  readonly resources: readonly ResourceInfo[]
  /** Groups in the order of discovery, each with its versions, the preferred one first. */
  readonly groups: readonly GroupInfo[]
  byResource(gvr: GroupVersionResource): ResourceInfo | undefined
  byKind(gvk: GroupVersionKind): ResourceInfo | undefined
  /** Finds a resource as kubectl's user writes it: plural, singular, short name, with or without `.version.group`. */
  find(word: string): ResourceInfo | undefined
  /** Loads the types of one group and version and all that they refer to. Throws UnknownGroupVersionError. */
  load(group: string, version: string): Promise<TypeResolver>
  /** Loads the types of every group and version. */
  loadAll(): Promise<TypeResolver>
  /** The types loaded so far, by any `load` of this process: sees those that load later too. */
  readonly loaded: TypeResolver
}
