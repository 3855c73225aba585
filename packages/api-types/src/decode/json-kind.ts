/** What Go calls a JSON value in a decoding error. */
export type JsonKind = 'array' | 'bool' | 'null' | 'number' | 'object' | 'string'

/** Tells what a value is as JSON. What JSON has no word for (a function, a bigint) counts as an object. */
export function jsonKind(value: unknown): JsonKind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'number'
    case 'boolean':
      return 'bool'
  }
  return 'object'
}

/** Whether a value is an object with keys, which arrays are not. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a key as a property of the object's own, whatever it is called. */
export function setOwn(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
  else into[key] = value
}

/** Says whether a value nests no deeper than so many levels, without recursion. */
export function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return false
    const next: object[] = []
    for (const parent of level)
      for (const child of Object.values(parent)) if (typeof child === 'object' && child !== null) next.push(child)
    level = next
  }
  return true
}
