/** Says whether a value is an object in JSON's sense. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(object: unknown, field: 'name' | 'namespace'): string | undefined {
  if (!isObject(object) || !isObject(object.metadata)) return undefined
  const value = object.metadata[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** metadata.name of whatever it is, undefined when there is none. */
export function nameOf(object: unknown): string | undefined {
  return text(object, 'name')
}

/** metadata.namespace of whatever it is, undefined when there is none. */
export function namespaceOf(object: unknown): string | undefined {
  return text(object, 'namespace')
}
