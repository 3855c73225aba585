import { jsonString } from '@kube-bonsai/apimachinery'
import { type Fields, isFields } from '../meta/json.ts'

/** A value as Go's json.Marshal writes a struct: compact, in the order in which its fields stand. */
export function orderedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(orderedJson).join(',')}]`
  if (isFields(value)) {
    const parts = Object.entries(value).filter(([, field]) => field !== undefined)
    return `{${parts.map(([name, field]) => `${jsonString(name)}:${orderedJson(field)}`).join(',')}}`
  }
  return typeof value === 'string' ? jsonString(value) : JSON.stringify(value ?? null)
}

/** Reads JSON as Go's json.Unmarshal does: nothing for what is no JSON. */
export function parsedJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return parsed
  } catch {
    return undefined
  }
}

/** The field of that name, however its letters are written, as Go finds fields. */
export function anyCase(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  const found = Object.keys(fields).find((key) => key.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : fields[found]
}
