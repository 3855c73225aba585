import { compareUtf8, deepEqual } from '@kube-bonsai/apimachinery'
import { goText } from '../util/go-text.ts'
import { isMap, type JsonMap, own } from '../util/json.ts'
import { diffMaps } from './diff-map.ts'
import type { DiffOptions } from './diff-options.ts'
import { patchDirective } from './directives.ts'
import { asMap, elementKind, keyOf } from './elements.ts'
import { deduplicate } from './merge-list.ts'
import { sameElement } from './merge-ordered-list.ts'
import { sortBy } from './order.ts'
import type { FieldPatch } from './schema.ts'
import { sortByText, sortScalars } from './sort.ts'

/** What a patch says of a list that merges. */
export interface ListDiff {
  readonly changes: readonly unknown[]
  /** Values to delete; objects are deleted by a directive among the changes. */
  readonly deletions: readonly unknown[]
  readonly order: readonly unknown[]
}

const nothing: ListDiff = { changes: [], deletions: [], order: [] }

/** Compares two lists that merge. */
export function diffLists(
  original: readonly unknown[],
  modified: readonly unknown[],
  field: FieldPatch,
  options: DiffOptions,
): ListDiff {
  if (original.length === 0) return options.ignoreChangesAndAdditions ? nothing : { ...nothing, changes: modified }
  if (elementKind(original, modified) === 'scalar') return diffScalars(original, modified, options)
  return diffObjects(original, modified, field, options)
}

function diffObjects(
  original: readonly unknown[],
  modified: readonly unknown[],
  field: FieldPatch,
  options: DiffOptions,
): ListDiff {
  const { mergeKey } = field
  const { patched, deleted } = comparePairs(original, modified, field, options)
  const sorted = sortBy(patched, modified, mergeKey, 'map')
  const sameOrder =
    original.length === modified.length && original.every((item, i) => sameElement(item, modified[i], mergeKey))
  const changes = [...sorted, ...deleted]
  const told =
    (!options.ignoreChangesAndAdditions && (changes.length > 0 || !sameOrder)) ||
    (!options.ignoreDeletions && changes.length > 0)
  const order = options.setElementOrder && told ? modified.map((item) => keyOnly(asMap(item), mergeKey)) : []
  return { changes, deletions: [], order }
}

function keyOnly(item: JsonMap, mergeKey: string): JsonMap {
  return Object.fromEntries([[mergeKey, own(item, mergeKey) ?? null]])
}

function comparePairs(
  original: readonly unknown[],
  modified: readonly unknown[],
  field: FieldPatch,
  options: DiffOptions,
): { readonly patched: readonly unknown[]; readonly deleted: readonly unknown[] } {
  const { mergeKey, schema } = field
  const textOf = (item: unknown): string => goText(isMap(item) ? own(item, mergeKey) : undefined)
  const before = sortByText(original, textOf)
  const after = sortByText(modified, textOf)
  const patched: unknown[] = []
  const deleted: unknown[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const oldKey = i < before.length ? keyOf(before[i], mergeKey) : undefined
    const newKey = j < after.length ? keyOf(after[j], mergeKey) : undefined
    const compared = compareKeys(oldKey, newKey)
    if (compared === 0) {
      const inner = diffMaps(asMap(before[i]), asMap(after[j]), schema, options)
      if (Object.keys(inner).length > 0)
        patched.push(Object.fromEntries([...Object.entries(inner), [mergeKey, newKey]]))
    } else if (compared > 0) {
      if (!options.ignoreChangesAndAdditions) patched.push(after[j])
    } else if (!options.ignoreDeletions) {
      deleted.push(
        Object.fromEntries([
          [mergeKey, oldKey],
          [patchDirective, 'delete'],
        ]),
      )
    }
    if (compared <= 0) i += 1
    if (compared >= 0) j += 1
  }
  return { patched, deleted }
}

/** Where one side has ended, the other comes first. */
function compareKeys(before: unknown, after: unknown): number {
  if (before === undefined) return 1
  if (after === undefined) return -1
  return compareUtf8(goText(before), goText(after))
}

function diffScalars(original: readonly unknown[], modified: readonly unknown[], options: DiffOptions): ListDiff {
  const before = sortScalars(original)
  const after = sortScalars(modified)
  const added: unknown[] = []
  const removed: unknown[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const compared = compareKeys(before[i], after[j])
    if (compared > 0 && !options.ignoreChangesAndAdditions) added.push(after[j])
    if (compared < 0 && !options.ignoreDeletions) removed.push(before[i])
    if (compared <= 0) i += 1
    if (compared >= 0) j += 1
  }
  const deletions = deduplicate(removed)
  // Upstream compares with the original that it has sorted by now.
  const told =
    (!options.ignoreDeletions && deletions.length > 0) ||
    (!options.ignoreChangesAndAdditions && !deepEqual(before, modified))
  return {
    changes: sortBy(added, modified, '', 'scalar'),
    deletions,
    order: options.setElementOrder && told ? modified : [],
  }
}
