/** The key of a directive for the object that it stands in. */
export const patchDirective = '$patch'
/** The key of the list of keys that are to stay. */
export const retainKeysDirective = '$retainKeys'
/** Begins the key of a list of values to delete: `$deleteFromPrimitiveList/finalizers`. */
export const deletePrefix = '$deleteFromPrimitiveList'
/** Begins the key of a list that sets the order: `$setElementOrder/containers`. */
export const orderPrefix = '$setElementOrder'

/** Reads the field that a directive's key is about: what follows its first slash. */
export function directiveField(key: string, prefix: string): string | undefined {
  const slash = key.indexOf('/')
  return slash >= 0 && key.slice(0, slash) === prefix ? key.slice(slash + 1) : undefined
}
