import { compactJson, jsonString } from '../text/compact-json.ts'

/**
 * A refused value whose text in a message is not that of its plain JSON: Go prints a struct in the order of its
 * fields, and an internal type in its own spelling.
 */
export class RenderedValue {
  /** The value itself. */
  readonly value: unknown
  /** What the message shows. */
  readonly text: string

  constructor(value: unknown, text: string) {
    this.value = value
    this.text = text
  }

  /** Prevents the wrapper from showing in JSON. */
  toJSON(): unknown {
    return this.value
  }
}

/**
 * Renders an object as Go renders a struct: fields in the given order, absent ones left out. Fields that are not
 * named are left out too.
 *
 * @param order the JSON names of the struct's fields
 */
export function structValue(value: object, order: readonly string[]): RenderedValue {
  return new RenderedValue(value, structText(value, order))
}

/** Renders a list of objects as Go renders a slice of structs. */
export function structListValue(values: readonly object[], order: readonly string[]): RenderedValue {
  return new RenderedValue(values, `[${values.map((value) => structText(value, order)).join(',')}]`)
}

function structText(value: object, order: readonly string[]): string {
  const fields = new Map<string, unknown>(Object.entries(value))
  const parts: string[] = []
  for (const name of order) {
    const field = fields.get(name)
    if (field !== undefined) parts.push(`${jsonString(name)}:${compactJson(field)}`)
  }
  return `{${parts.join(',')}}`
}
