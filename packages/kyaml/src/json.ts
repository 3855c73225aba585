import { compareUtf8 } from './order.ts'

/** Writes data as Go's `json.Marshal` does: keys sorted by bytes, `<`, `>`, `&` escaped. `bigint` becomes a number. */
export function goJson(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => compareUtf8(a, b))
  return `{${entries.map(([key, item]) => `${goString(key)}:${goJson(item)}`).join(',')}}`
}

function goNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Writes a string as Go's `json.Marshal` does. */
export function goString(value: string): string {
  // A lone surrogate has no UTF-8 form; Go would hold the replacement character in its place.
  return JSON.stringify(value.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll(/[<>&\u2028\u2029]/g, escapeUnit)
}

function escapeUnit(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
}
