/** A value with the keys of its objects sorted, as Go writes maps. */
export function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
  return Object.fromEntries(entries.map(([key, item]) => [key, withSortedKeys(item)]))
}

/** The JSON of a value with sorted keys. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(withSortedKeys(value))
}
