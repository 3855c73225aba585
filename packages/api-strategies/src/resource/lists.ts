import {
  compareUtf8,
  duplicate,
  type FieldError,
  type FieldPath,
  tooMany,
  utf8Length,
  withOrigin,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, listOf } from '../meta/json.ts'
import { covered } from './declarative/coverage.ts'

/** Checks one item of a list or a map. */
export type ItemCheck = (item: unknown, path: FieldPath) => readonly FieldError[]

/**
 * Checks every item of a list that may not be longer than `max`; a longer one is not looked at.
 *
 * @param covers declarative validation checks the length (and, in sets, repetitions) too
 */
export function listErrors(
  list: unknown,
  max: number,
  check: ItemCheck,
  path: FieldPath,
  covers = true,
): readonly FieldError[] {
  const items = listOf(list)
  if (items.length > max) {
    const errors = withOrigin([tooMany(path, items.length, max)], 'maxItems')
    return covers ? covered(errors) : errors
  }
  return items.flatMap((item, index) => check(item, path.index(index)))
}

/** As `listErrors`, and no two items may have the same key. */
export function setErrors(
  list: unknown,
  max: number,
  check: ItemCheck,
  keyOf: (item: unknown) => unknown,
  path: FieldPath,
  covers = true,
): readonly FieldError[] {
  const items = listOf(list)
  const errors = listErrors(list, max, check, path, covers)
  if (items.length > max) return errors
  const seen = new Set<unknown>()
  const repeated = items.flatMap((item, index) => {
    const key = keyOf(item)
    const id = typeof key === 'object' ? JSON.stringify(key) : key
    if (seen.has(id)) return [duplicate(path.index(index), key)]
    seen.add(id)
    return []
  })
  return [...errors, ...(covers ? covered(repeated) : repeated)]
}

/** Checks keys and values of a map that may not be larger than `max`. Paths show long keys without their middle. */
export function mapErrors(
  map: unknown,
  max: number,
  longestKey: number,
  checkKey: (key: string, path: FieldPath) => readonly FieldError[],
  check: ItemCheck,
  path: FieldPath,
): readonly FieldError[] {
  const entries: Fields = fieldsOf(map)
  const keys = Object.keys(entries)
  if (keys.length > max) return [tooMany(path, keys.length, max)]
  return keys.sort(compareUtf8).flatMap((key) => {
    const at = path.key(shortened(key, Math.max(longestKey, 16)))
    return [...checkKey(key, at), ...check(entries[key], at)]
  })
}

function shortened(text: string, max: number): string {
  if (utf8Length(text) <= max) return text
  const remaining = max - 3
  return `${text.slice(0, Math.floor((remaining + 1) / 2))}...${text.slice(text.length - Math.floor(remaining / 2))}`
}
