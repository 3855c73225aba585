const emptied: unique symbol = Symbol('fields that were empty')

interface Noted {
  readonly [emptied]?: readonly string[]
}

/** Notes on an object of one's own which of its fields were left out because they held an empty list or map. */
export function noteEmptied(object: object, names: readonly string[]): void {
  Object.defineProperty(object, emptied, { value: names, enumerable: true, configurable: true, writable: true })
}

/**
 * The fields of a decoded object that held an empty list or map where Go writes none: decoding leaves them out, but to rules
 * and messages they are not the same as absent ones. The note stays on copies of the object (`{ ...object }`), and is
 * neither in its JSON nor among its keys.
 */
export function emptiedFields(object: object): readonly string[] {
  return (object as Noted)[emptied] ?? []
}

/**
 * An object without such notes, as it is read back from where it was stored; the object itself when its root has none, for
 * the root of a decoded object has one when any part of it has.
 */
export function withoutEmptied<T extends object>(object: T): T {
  return emptied in object ? (stripped(object) as T) : object
}

function stripped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(stripped)
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  let changed = emptied in value
  const entries = Object.entries(value).map(([key, entry]) => {
    const next = stripped(entry)
    if (next !== entry) changed = true
    return [key, next] as const
  })
  return changed ? Object.fromEntries(entries) : value
}
