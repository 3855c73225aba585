import { isMap } from '../../util/json.ts'
import { keyElement, type PathElement, valueElement } from '../fields/path-element.ts'
import type { ListType } from '../schema/atom.ts'

/**
 * The element by which an item of a list that is not atomic is owned.
 *
 * @throws Error for an item that has none: null, or an object without any of its keys
 */
export function listElement(list: ListType, item: unknown): PathElement {
  return list.keys.length > 0 ? keyed(list, item) : valued(item)
}

function keyed({ keys, items }: ListType, item: unknown): PathElement {
  if (item === null) throw new Error('associative list with keys may not have a null element')
  if (!isMap(item)) throw new Error('associative list with keys may not have non-map elements')
  const found: Record<string, unknown> = {}
  for (const key of keys) {
    const given = Object.hasOwn(item, key) ? item[key] : undefined
    const value = given === undefined ? items().map?.fields.get(key)?.default : given
    if (value !== undefined) found[key] = value
  }
  if (Object.keys(found).length > 0) return keyElement(found)
  const names = `[${keys.map((key) => JSON.stringify(key)).join(' ')}]`
  throw new Error(
    `associative list with keys has an element that omits all key fields ${names} (and doesn't have default values for any key fields)`,
  )
}

function valued(item: unknown): PathElement {
  if (item === null) throw new Error("associative list without keys has an element that's an explicit null")
  if (Array.isArray(item)) throw new Error('not supported: associative list with lists as elements')
  if (isMap(item)) throw new Error("associative list without keys has an element that's a map type")
  return valueElement(item)
}
