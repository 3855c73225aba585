import { emptiedFields } from '@kube-bonsai/api-types'

/** A JSON object whose fields must be looked at before use. */
export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** Whether a value is a JSON object: neither null nor a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; an empty one for everything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : none
}

/** The value as a list; an empty one for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value as a list of objects; items that are none read as empty objects. */
export function objectsOf(value: unknown): readonly Fields[] {
  return listOf(value).map(fieldsOf)
}

/** The value as a text; empty for everything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The value as a number; zero for everything else. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

/** Whether Go would hold nothing there: absent or null. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** A list as Go holds it: null where there is none, also empty where it was given so. */
export function listGiven(object: Fields, name: string): unknown {
  return object[name] ?? (emptiedFields(object).includes(name) ? [] : null)
}

/** The same of a map. */
export function mapGiven(object: Fields, name: string): unknown {
  return object[name] ?? (emptiedFields(object).includes(name) ? {} : null)
}

/** Whether Go would hold the zero value there: absent, empty, 0 or false. */
export function isEmpty(value: unknown): boolean {
  if (isAbsent(value) || value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return isFields(value) && Object.keys(value).length === 0
}

/**
 * The object with those fields set that it lacks; the object itself when it lacks none. A list or map that was given empty is
 * not lacking.
 */
export function withAbsent(object: Fields, defaults: Fields): Fields {
  let result: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(defaults)) {
    if (value === undefined || !isAbsent(object[name]) || emptiedFields(object).includes(name)) continue
    result ??= { ...object }
    result[name] = value
  }
  return result ?? object
}

/** As `withAbsent`, where an empty text and 0 count as lacking too. */
export function withEmpty(object: Fields, defaults: Fields): Fields {
  let result: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(defaults)) {
    if (value === undefined || !isEmpty(object[name])) continue
    result ??= { ...object }
    result[name] = value
  }
  return result ?? object
}

/** The object with one field replaced, or without it for `undefined`; the object itself when it holds that value. */
export function withField(object: Fields, name: string, value: unknown): Fields {
  if (object[name] === value) return object
  if (value !== undefined) return { ...object, [name]: value }
  const { [name]: _, ...rest } = object
  return rest
}

/** The list with every item mapped; the list itself when no item changed. */
export function mapItems(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let changed = false
  const result = list.map((item) => {
    const next = change(item)
    if (next !== item) changed = true
    return next
  })
  return changed ? result : list
}
