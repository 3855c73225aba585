import { compactJson, compareUtf8, type JsonValue, quote } from '@kube-bonsai/apimachinery'
import { isMap } from '../../util/json.ts'

/**
 * One step of a path, as v1 of managed fields writes it: `f:` and the name of a field, `k:` and the keys of a list's item as
 * JSON, `v:` and an item of a set, `i:` and an index. Equal elements are equal strings.
 */
export type PathElement = string

/** A path from the object down; the empty one is the object itself. */
export type FieldSetPath = readonly PathElement[]

/** The element of a field. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`
}

/** The element of a list's item, by the values of its keys. */
export function keyElement(keys: Readonly<Record<string, unknown>>): PathElement {
  return `k:${compactJson(keys)}`
}

/** The element of an item of a set. */
export function valueElement(value: unknown): PathElement {
  return `v:${compactJson(value)}`
}

/** The name of the field that an element selects, or undefined for an element of a list. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined
}

/** Says whether an element selects an item of a list by its keys. */
export function isKeyElement(element: PathElement): boolean {
  return element.startsWith('k:')
}

/**
 * Reads an element that somebody else wrote and writes it as it is written here.
 *
 * @returns undefined for a kind of element that is not known, which is to be ignored
 * @throws Error for what is no element
 */
export function parseElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:')
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`)
  const rest = text.slice(2)
  switch (text[0]) {
    case 'f':
      return text
    case 'v':
      return valueElement(JSON.parse(rest))
    case 'k': {
      const keys: unknown = JSON.parse(rest)
      if (!isMap(keys)) throw new Error(`expected the keys of an item: ${rest}`)
      return keyElement(keys)
    }
    case 'i':
      if (!/^[+-]?\d+$/.test(rest)) throw new Error(`strconv.Atoi: parsing ${quote(rest)}: invalid syntax`)
      return `i:${Number(rest)}`
    default:
      return undefined
  }
}

/** The order of elements: fields, then items by key, items of sets, indexes. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0
  const kind = 'fkvi'.indexOf(a[0] ?? '') - 'fkvi'.indexOf(b[0] ?? '')
  if (kind !== 0) return kind
  switch (a[0]) {
    case 'f':
      return compareUtf8(a, b)
    case 'k':
      return compareKeys(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)))
    case 'v':
      return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)))
    default:
      return Number(a.slice(2)) - Number(b.slice(2))
  }
}

/** Writes a path as messages name it: `.spec.containers[name="c"].image`. */
export function formatFieldSetPath(path: FieldSetPath): string {
  return path.map(formatElement).join('')
}

/** Writes one element as messages name it. */
export function formatElement(element: PathElement): string {
  const rest = element.slice(2)
  switch (element[0]) {
    case 'f':
      return `.${rest}`
    case 'k': {
      const keys: Readonly<Record<string, JsonValue>> = JSON.parse(rest)
      const parts = Object.entries(keys).map(([name, value]) => `${name}=${formatValue(value)}`)
      return `[${parts.join(',')}]`
    }
    case 'v':
      return `[=${formatValue(JSON.parse(rest))}]`
    default:
      return `[${rest}]`
  }
}

function formatValue(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(formatValue).join(',')}]`
  if (isMap(value)) {
    return Object.entries(value)
      .map(([key, item]) => `${key}=${formatValue(item as JsonValue)}`)
      .join('')
  }
  return String(value)
}

function compareKeys(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): number {
  const left = Object.entries(a)
  const right = Object.entries(b)
  for (let i = 0; ; i++) {
    const [x, y] = [left[i], right[i]]
    if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1)
    const order = compareUtf8(x[0], y[0]) || compareValues(x[1], y[1])
    if (order !== 0) return order
  }
}

/** Numbers before texts, booleans, lists, objects and null. */
function compareValues(a: unknown, b: unknown): number {
  const kind = rankOf(a) - rankOf(b)
  if (kind !== 0) return kind
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return compareKeys({ ...a }, { ...b })
  if (isMap(a) && isMap(b)) return compareKeys(a, b)
  return Number(a) - Number(b)
}

function rankOf(value: unknown): number {
  if (value === null) return 5
  if (Array.isArray(value)) return 3
  return ['number', 'string', 'boolean', '', 'object'].indexOf(typeof value)
}
