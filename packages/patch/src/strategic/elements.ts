import { PatchError } from '../util/errors.ts'
import { goText, goType } from '../util/go-text.ts'
import { isMap, type JsonMap, own } from '../util/json.ts'
import { badArgType, listOfLists, noMergeKey } from './problems.ts'

/** What the items of a list are. */
export type ElementKind = 'map' | 'scalar'

/**
 * Tells what the items of some lists are; all must be of one type.
 *
 * @throws PatchError for mixed types, lists within lists, and no items at all
 */
export function elementKind(...lists: readonly (readonly unknown[])[]): ElementKind {
  let type: string | undefined
  for (const item of lists.flat()) {
    if (type === undefined && Array.isArray(item)) throw listOfLists()
    const current = goType(item)
    if (type !== undefined && type !== current) {
      throw new PatchError('malformed', `list element types are not identical: ${goText(lists)}`)
    }
    type = current
  }
  if (type === undefined) throw new PatchError('malformed', 'no elements in any of the given slices')
  return type === 'map[string]interface {}' ? 'map' : 'scalar'
}

/** Reads an item as an object. */
export function asMap(item: unknown): JsonMap {
  if (!isMap(item)) throw badArgType('map', item)
  return item
}

/** Reads what identifies an item. */
export function keyOf(item: unknown, mergeKey: string): unknown {
  const map = asMap(item)
  const key = own(map, mergeKey)
  if (key === undefined) throw noMergeKey(map, mergeKey)
  return key
}

/** Finds where an item stands in a list, by its merge key or its value; -1 when nowhere. */
export function indexer(list: readonly unknown[], mergeKey: string, kind: ElementKind): (item: unknown) => number {
  const identity = (item: unknown): unknown => {
    if (kind === 'scalar') return item
    return isMap(item) ? (own(item, mergeKey) ?? null) : null
  }
  const places = new Map<unknown, number>()
  list.forEach((item, i) => {
    const key = identity(item)
    if (!places.has(key)) places.set(key, i)
  })
  return (item) => places.get(identity(item)) ?? -1
}

/** Splits a list at whether an item stands in another one too. */
export function partition(
  list: readonly unknown[],
  by: readonly unknown[],
  mergeKey: string,
): readonly [inBoth: unknown[], others: unknown[]] {
  const keys = new Set(by.map((item) => (mergeKey === '' ? item : asListedKey(item, by, mergeKey))))
  const inBoth: unknown[] = []
  const others: unknown[] = []
  for (const item of list) {
    const known = keys.has(mergeKey === '' ? item : keyOf(item, mergeKey))
    if (known) inBoth.push(item)
    else others.push(item)
  }
  return [inBoth, others]
}

function asListedKey(item: unknown, list: readonly unknown[], mergeKey: string): unknown {
  if (!isMap(item)) throw new PatchError('malformed', `value for key ${list.indexOf(item)} is not a map`)
  return own(item, mergeKey)
}
