/** The steps from an object to a place in it. */
export type Place = readonly (string | number)[]

/** Every place of a value, the whole first; places deeper than 12 steps are left out. */
export function placesOf(value: unknown): readonly Place[] {
  const found: Place[] = []
  const visit = (at: unknown, place: Place): void => {
    found.push(place)
    if (place.length >= 12 || typeof at !== 'object' || at === null) return
    for (const [key, part] of Object.entries(at)) visit(part, [...place, Array.isArray(at) ? Number(key) : key])
  }
  visit(value, [])
  return found
}

/** What is at a place. */
export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  )
}

/** The value with another part at a place; `undefined` takes it away. What did not change is shared. */
export function withValueAt(value: unknown, [key, ...rest]: Place, make: (part: unknown) => unknown): unknown {
  if (key === undefined) return make(value)
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      if (index !== key) return [item]
      const made = withValueAt(item, rest, make)
      return made === undefined ? [] : [made]
    })
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      const made = name === key ? withValueAt(part, rest, make) : part
      return made === undefined ? [] : [[name, made]]
    }),
  )
}

/** A place in Kubernetes' spelling: `spec.containers[0].image`. */
export function formatPlace(place: Place): string {
  return place.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}
