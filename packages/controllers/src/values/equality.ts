const maps: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'matchLabels',
  'limits',
  'requests',
  'parameters',
])

/** Drops what means the same as nothing: null, an empty list, an empty map. */
function meaning(key: string, value: unknown): unknown {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value
  return maps.has(key) && typeof value === 'object' && Object.keys(value).length === 0 ? undefined : value
}

/** Says whether two API values mean the same: an absent field, null and an empty list or map are one. */
export function semanticallyEqual(a: unknown, b: unknown): boolean {
  return equal('', a, b)
}

function equal(key: string, left: unknown, right: unknown): boolean {
  if (left === right) return true
  const a = meaning(key, left)
  const b = meaning(key, right)
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => equal('', item, b[index]))
  }
  for (const [name, value] of Object.entries(a)) if (!equal(name, value, field(b, name))) return false
  for (const [name, value] of Object.entries(b)) {
    if (!Object.hasOwn(a, name) && meaning(name, value) !== undefined) return false
  }
  return true
}

function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}

/** Writes a value with sorted keys and without what means nothing, so that equal values give equal text. */
export function canonicalText(value: unknown): string {
  return write('', value) ?? 'null'
}

function write(key: string, raw: unknown): string | undefined {
  const value = meaning(key, raw)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => write('', item) ?? 'null').join(',')}]`
  const fields: string[] = []
  for (const name of Object.keys(value).sort()) {
    const text = write(name, field(value, name))
    if (text !== undefined) fields.push(`${JSON.stringify(name)}:${text}`)
  }
  return `{${fields.join(',')}}`
}
