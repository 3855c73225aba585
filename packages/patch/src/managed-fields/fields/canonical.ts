import { isMap, maxDepth } from '../../util/json.ts'
import { emptyFieldSet, type FieldSet, hasChildren, unionOf } from './field-set.ts'
import { compareElements, type PathElement, parseElement } from './path-element.ts'

/** Sets that are known to be written as they are written here. Stored sets are shared, so most need no second look. */
const canonical = new WeakSet<object>()

/**
 * Reads a set that somebody else wrote. Elements of kinds that are not known are dropped.
 *
 * @throws Error where a key is no element, or something stands under an element that is no object
 */
export function readFieldSet(given: unknown): FieldSet {
  if (given === undefined || given === null) return {}
  if (!isMap(given)) throw new Error(`expected fields, got ${JSON.stringify(given)}`)
  if (canonical.has(given)) return given as FieldSet
  const { ['.']: _, ...rest } = read(given, 0)
  return sortedFieldSet(rest)
}

function read(given: unknown, depth: number): FieldSet {
  if (given === null) return {}
  if (!isMap(given)) throw new Error(`expected an object in a set of fields, got ${JSON.stringify(given)}`)
  if (depth > maxDepth) throw new Error('exceeded max depth')
  const result: Record<PathElement, FieldSet> = {}
  for (const [key, value] of Object.entries(given)) {
    if (key === '.') {
      result['.'] = {}
      continue
    }
    const element = parseElement(key)
    if (element === undefined) continue
    const child = read(value, depth + 1)
    const known = result[element]
    result[element] = known === undefined ? child : unionOf(known, child)
  }
  return hasChildren(result) ? result : {}
}

/**
 * Objects made of one template are owned alike: one set in memory does for all of them. By their text; forgotten when there
 * are many, since only those that are made again and again matter.
 */
const shared = new Map<string, FieldSet>()
const mostShared = 2000

/** The same set with its elements in order, as it is to be stored. Equal sets are mostly the same object. */
export function sortedFieldSet(set: FieldSet): FieldSet {
  if (canonical.has(set)) return set
  const key = JSON.stringify(set)
  const known = shared.get(key)
  if (known !== undefined) return known
  const result = inOrder(set)
  if (shared.size >= mostShared) shared.clear()
  shared.set(key, result)
  return result
}

function inOrder(set: FieldSet): FieldSet {
  if (canonical.has(set)) return set
  const keys = Object.keys(set)
  if (keys.length === 0) return emptyFieldSet
  const result: Record<PathElement, FieldSet> = {}
  for (const key of keys.length > 1 ? keys.sort(byPlace) : keys) result[key] = inOrder(set[key] ?? {})
  canonical.add(result)
  return Object.freeze(result)
}

function byPlace(a: PathElement, b: PathElement): number {
  if (a === '.' || b === '.') return a === b ? 0 : a === '.' ? -1 : 1
  return compareElements(a, b)
}
