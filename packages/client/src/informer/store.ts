import { namespaceOf } from '../request/metadata-of.ts'

/** `namespace/name`, or `name` for an object without a namespace. */
export function keyOf(object: { readonly metadata: { readonly name?: string; readonly namespace?: string } }): string {
  const namespace = namespaceOf(object)
  const name = object.metadata.name ?? ''
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** Splits a key of `keyOf`: the namespace is undefined for a cluster-scoped object. */
export function splitKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/')
  if (slash < 0) return { namespace: undefined, name: key }
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
