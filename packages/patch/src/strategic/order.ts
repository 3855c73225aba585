import { own } from '../util/json.ts'
import { patchDirective } from './directives.ts'
import { asMap, type ElementKind, indexer, keyOf } from './elements.ts'

/** What orders a list: two orders, and how items are told apart. */
export interface Ordering {
  readonly patchOrder: readonly unknown[]
  readonly serverOrder: readonly unknown[]
  readonly mergeKey: string
  readonly kind: ElementKind
}

/** Orders the items of a patch and those that only the server has, each by its own order, and merges the two. */
export function normalizeOrder(
  patchItems: readonly unknown[],
  serverOnly: readonly unknown[],
  { patchOrder, serverOrder, mergeKey, kind }: Ordering,
): readonly unknown[] {
  const right = sortBy(patchItems, patchOrder, mergeKey, kind)
  const left = sortBy(serverOnly, serverOrder, mergeKey, kind)
  return interleave(left, right, indexer(serverOrder, mergeKey, kind))
}

/** Sorts a list by where its items stand in another; deletions go to the end. */
export function sortBy(
  list: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string,
  kind: ElementKind,
): readonly unknown[] {
  if (kind === 'scalar') return stableSort(list, indexer(order, mergeKey, kind))
  for (const item of [...list, ...order]) keyOf(item, mergeKey)
  const [kept, deletions] = splitDeletions(list)
  return [...stableSort(kept, indexer(order, mergeKey, kind)), ...deletions]
}

/** Splits off the items that say `$patch: delete`. */
export function splitDeletions(
  list: readonly unknown[],
): readonly [kept: readonly unknown[], deletions: readonly unknown[]] {
  const isDeletion = (item: unknown): boolean => own(asMap(item), patchDirective) === 'delete'
  return [list.filter((item) => !isDeletion(item)), list.filter(isDeletion)]
}

/** An item that the order does not know counts as less than its neighbour, whichever that is. */
function stableSort(list: readonly unknown[], indexOf: (item: unknown) => number): readonly unknown[] {
  const items = list.map((item) => ({ item, at: indexOf(item) }))
  if (items.every(({ at }) => at >= 0)) items.sort((a, b) => a.at - b.at)
  else insertionSort(items, (a, b) => a.at < 0 || b.at < 0 || a.at < b.at)
  return items.map(({ item }) => item)
}

/** The sort that Go uses for short lists; it shows where the comparison is no order. */
export function insertionSort<T>(items: T[], less: (a: T, b: T) => boolean): void {
  for (let i = 1; i < items.length; i++) {
    for (let j = i; j > 0; j--) {
      const [before, after] = items.slice(j - 1, j + 1)
      if (before === undefined || after === undefined || !less(after, before)) break
      items[j - 1] = after
      items[j] = before
    }
  }
}

/** Puts the items of the left list before the first of the right that the server has later. */
function interleave(
  left: readonly unknown[],
  right: readonly unknown[],
  indexOf: (item: unknown) => number,
): readonly unknown[] {
  const merged: unknown[] = []
  let i = 0
  for (const item of right) {
    const place = indexOf(item)
    while (i < left.length) {
      const before = indexOf(left[i])
      if (before < 0 || place < 0 || before >= place) break
      merged.push(left[i++])
    }
    merged.push(item)
  }
  return [...merged, ...left.slice(i)]
}
