import { deepEqual } from '@kube-bonsai/apimachinery'
import { patchDirective, retainKeysDirective } from '../strategic/directives.ts'
import { asMap, elementKind, keyOf } from '../strategic/elements.ts'
import { deduplicate } from '../strategic/merge-list.ts'
import type { FieldPatch, PatchSchema } from '../strategic/schema.ts'
import { sortScalars } from '../strategic/sort.ts'
import { goStringText } from '../util/go-text.ts'
import { entriesOf, isMap, type JsonMap, own } from '../util/json.ts'

/** Lists of values that were compared, each with its sorted form: upstream sorts them where they are, and then prints them so. */
export type SortedLists = Map<readonly unknown[], readonly unknown[]>

/** Says whether two strategic merge patches set something differently. */
export function mapsConflict(left: JsonMap, right: JsonMap, schema: PatchSchema, seen: SortedLists): boolean {
  return entriesOf(left).some(([key, value]) => {
    const other = own(right, key)
    if (key === patchDirective || key === retainKeysDirective || other === undefined) return false
    if (Array.isArray(value)) return valuesConflict(value, other, schema.listField(key), seen)
    if (isMap(value)) return valuesConflict(value, other, schema.field(key), seen)
    return !deepEqual(value, other)
  })
}

type Compared = Pick<FieldPatch, 'schema' | 'strategy' | 'mergeKey'>

function valuesConflict(left: unknown, right: unknown, field: Compared, seen: SortedLists): boolean {
  if (isMap(left)) return !isMap(right) || objectsConflict(left, right, field, seen)
  if (Array.isArray(left)) return !Array.isArray(right) || listsConflict(left, right, field, seen)
  return !deepEqual(left, right)
}

/** A directive is about the whole object, so both sides must have the same. */
function objectsConflict(left: JsonMap, right: JsonMap, field: Compared, seen: SortedLists): boolean {
  if (own(left, patchDirective) !== own(right, patchDirective)) return true
  return field.strategy !== 'replace' && mapsConflict(left, right, field.schema, seen)
}

function listsConflict(
  left: readonly unknown[],
  right: readonly unknown[],
  field: Compared,
  seen: SortedLists,
): boolean {
  const kind = elementKind(left, right)
  if (field.strategy === 'merge') return kind === 'map' && keyedConflict(left, right, field, seen)
  if (left.length !== right.length) return true
  const inner = { ...field, strategy: '', mergeKey: '' }
  const [ours, theirs] = kind === 'map' ? [left, right] : [sorted(left, seen), sorted(right, seen)]
  return ours.some((item, i) => valuesConflict(item, theirs[i], inner, seen))
}

function keyedConflict(
  left: readonly unknown[],
  right: readonly unknown[],
  field: Compared,
  seen: SortedLists,
): boolean {
  const byKey = (list: readonly unknown[]): Map<string, JsonMap> =>
    new Map(list.map((item) => [goStringText(keyOf(item, field.mergeKey)), asMap(item)]))
  const others = byKey(right)
  return [...byKey(left)].some(([key, item]) => {
    const other = others.get(key)
    return other !== undefined && objectsConflict(item, other, { ...field, strategy: '' }, seen)
  })
}

function sorted(list: readonly unknown[], seen: SortedLists): readonly unknown[] {
  const result = sortScalars(deduplicate([...list]))
  seen.set(list, result)
  return result
}
