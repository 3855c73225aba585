import { deepEqual } from '@kube-bonsai/apimachinery'
import { patchDirective, retainKeysDirective } from '../strategic/directives.ts'
import { asMap, elementKind, keyOf } from '../strategic/elements.ts'
import { deduplicate } from '../strategic/merge-list.ts'
import type { FieldPatch, PatchSchema } from '../strategic/schema.ts'
import { sortScalars } from '../strategic/sort.ts'
import { goStringText } from '../util/go-text.ts'
import { entriesOf, isMap, type JsonMap, own } from '../util/json.ts'

/** Says whether two strategic merge patches set something differently. */
export function mapsConflict(left: JsonMap, right: JsonMap, schema: PatchSchema): boolean {
  return entriesOf(left).some(([key, value]) => {
    const other = own(right, key)
    if (key === patchDirective || key === retainKeysDirective || other === undefined) return false
    if (Array.isArray(value)) return valuesConflict(value, other, schema.listField(key))
    if (isMap(value)) return valuesConflict(value, other, schema.field(key))
    return !deepEqual(value, other)
  })
}

type Compared = Pick<FieldPatch, 'schema' | 'strategy' | 'mergeKey'>

function valuesConflict(left: unknown, right: unknown, field: Compared): boolean {
  if (isMap(left)) return !isMap(right) || objectsConflict(left, right, field)
  if (Array.isArray(left)) return !Array.isArray(right) || listsConflict(left, right, field)
  return !deepEqual(left, right)
}

/** A directive is about the whole object, so both sides must have the same. */
function objectsConflict(left: JsonMap, right: JsonMap, field: Compared): boolean {
  if (own(left, patchDirective) !== own(right, patchDirective)) return true
  return field.strategy !== 'replace' && mapsConflict(left, right, field.schema)
}

function listsConflict(left: readonly unknown[], right: readonly unknown[], field: Compared): boolean {
  const kind = elementKind(left, right)
  if (field.strategy === 'merge') return kind === 'map' && keyedConflict(left, right, field)
  if (left.length !== right.length) return true
  const inner = { ...field, strategy: '', mergeKey: '' }
  const [ours, theirs] = kind === 'map' ? [left, right] : [sorted(left), sorted(right)]
  return ours.some((item, i) => valuesConflict(item, theirs[i], inner))
}

function keyedConflict(left: readonly unknown[], right: readonly unknown[], field: Compared): boolean {
  const byKey = (list: readonly unknown[]): Map<string, JsonMap> =>
    new Map(list.map((item) => [goStringText(keyOf(item, field.mergeKey)), asMap(item)]))
  const others = byKey(right)
  return [...byKey(left)].some(([key, item]) => {
    const other = others.get(key)
    return other !== undefined && objectsConflict(item, other, { ...field, strategy: '' })
  })
}

function sorted(list: readonly unknown[]): readonly unknown[] {
  return sortScalars(deduplicate([...list]))
}
