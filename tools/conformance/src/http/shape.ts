type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys and types instead of values; a list has the shape of its first item. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shapeOf(field)]))
  return value === null ? 'null' : typeof value
}

/** The value without what is at a path: `metadata.uid`, `rules.*.id`; lists on the way are gone through. */
export function without(value: unknown, path: string): unknown {
  return change(value, path.split('.'), () => undefined)
}

/** The value with the list at a path in the order of its items' JSON; of a text, the words are ordered. */
export function sorted(value: unknown, path: string): unknown {
  return change(value, path.split('.'), (found) => {
    if (typeof found === 'string')
      return found
        .split(/[[\],] ?/)
        .sort()
        .join(' ')
    if (!Array.isArray(found)) return found
    const texts = found.map((item) => [JSON.stringify(item), item] as const)
    return texts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item)
  })
}

function change(value: unknown, path: readonly string[], make: (found: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return make(value)
  if (Array.isArray(value)) return value.map((item) => change(item, path, make))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const made = key === '*' || key === name ? change(field, rest, make) : field
      return made === undefined ? [] : [[name, made]]
    }),
  )
}
