import { compareUtf8, jsonString } from '@kube-bonsai/apimachinery'

type JsonMap = Readonly<Record<string, unknown>>

/**
 * The JSON that upstream's patch libraries make of an object: what a patch touches comes with sorted keys, the rest as it was.
 *
 * @param result the object after the patch
 * @param before the object before it, its fields in Go's order
 * @param touched whether a patch looks into the value at a path
 */
export function patchedText(result: unknown, before: unknown, touched: Touched): string {
  return text(result, before, touched, [])
}

/** Says what a patch does to the value at a path: looks into it, replaces it with one of its own, or neither. */
export type Touched = (path: readonly string[]) => 'inside' | 'replaced' | undefined

/** What a merge patch looks into: objects where it has objects. */
export function touchedByMerge(patch: unknown): Touched {
  return (path) => {
    let at: unknown = patch
    for (const key of path) at = isMap(at) ? at[key] : undefined
    return at === undefined ? undefined : isMap(at) ? 'inside' : 'replaced'
  }
}

/** What the operations of a JSON patch look into: everything on the way to their paths. */
export function touchedByOperations(patch: unknown): Touched {
  const ways = new Set([''])
  for (const operation of Array.isArray(patch) ? patch : []) {
    for (const pointer of isMap(operation) ? [operation.path, operation.from] : []) {
      const parts = typeof pointer === 'string' ? pointer.split('/').slice(1, -1) : []
      for (let end = 1; end <= parts.length; end++) ways.add(parts.slice(0, end).join('/'))
    }
  }
  return (path) =>
    ways.has(path.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')) ? 'inside' : undefined
}

function text(result: unknown, given: unknown, touched: Touched, path: readonly string[]): string {
  if (typeof result !== 'object' || result === null) return leaf(result)
  const how = touched(path)
  const before = how === 'replaced' ? undefined : given
  if (Array.isArray(result)) {
    const items = Array.isArray(before) ? before : []
    return `[${result.map((item, index) => text(item, items[index], touched, [...path, String(index)])).join(',')}]`
  }
  const map = result as JsonMap
  const old: JsonMap = isMap(before) ? before : {}
  const keys = Object.keys(map).filter((key) => map[key] !== undefined)
  const sorted = how !== undefined || !isMap(before) ? keys.sort(compareUtf8) : inOrderOf(keys, Object.keys(old))
  return `{${sorted.map((key) => `${jsonString(key)}:${text(map[key], old[key], touched, [...path, key])}`).join(',')}}`
}

function leaf(value: unknown): string {
  return typeof value === 'string' ? jsonString(value) : (JSON.stringify(value) ?? 'null')
}

function inOrderOf(keys: readonly string[], order: readonly string[]): readonly string[] {
  const known = order.filter((key) => keys.includes(key))
  return [...known, ...keys.filter((key) => !order.includes(key))]
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
