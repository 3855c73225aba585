import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { ResourceTypes } from '../resource-types.ts'

type AnyResource = ResourceTypes[keyof ResourceTypes]
/** The `apiVersion` of every built-in resource. */
export type BuiltInApiVersion = AnyResource['apiVersion']
/** The kinds of one `apiVersion`. */
export type BuiltInKind<V extends string> = Extract<Extract<AnyResource, { readonly apiVersion: V }>['kind'], string>
/** The interface of a kind, by `apiVersion` and `kind`. */
export type BuiltInObject<V extends string, K extends string> = Extract<
  AnyResource,
  { readonly apiVersion: V; readonly kind: K }
>

/**
 * Says whether an object is of a built-in kind, by its `apiVersion` and `kind`, and narrows its type.
 *
 * Its other fields are taken on trust: `check` looks at them.
 */
export function isKind<V extends BuiltInApiVersion, K extends BuiltInKind<V>>(
  object: KubeObject,
  apiVersion: V,
  kind: K,
): object is BuiltInObject<V, K> {
  return object.apiVersion === apiVersion && object.kind === kind
}
