/** A namespace and a name; the namespace is empty for what is in none. */
export interface NamespacedName {
  readonly namespace: string
  readonly name: string
}

/** Makes the key of an object as informers index it: `namespace/name`, or `name`. */
export function metaKey(object: {
  readonly metadata: { readonly namespace?: string; readonly name?: string }
}): string {
  const { namespace = '', name = '' } = object.metadata
  return namespace === '' ? name : `${namespace}/${name}`
}

/**
 * Takes a key apart.
 *
 * @returns undefined when there is more than one slash
 */
export function splitKey(key: string): NamespacedName | undefined {
  const parts = key.split('/')
  if (parts.length > 2) return undefined
  const [first = '', second] = parts
  return second === undefined ? { namespace: '', name: first } : { namespace: first, name: second }
}
