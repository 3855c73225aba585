import { PatchError } from '../util/errors.ts'
import { isMap, own } from '../util/json.ts'
import { patchDirective } from './directives.ts'
import { asMap, elementKind, keyOf, partition } from './elements.ts'
import { mergeMaps } from './merge-map.ts'
import type { MergeOptions } from './merge-options.ts'
import { normalizeOrder } from './order.ts'
import { badPatchType, noMergeKey } from './problems.ts'
import type { FieldPatch } from './schema.ts'

/** A merged list, and what its original looks like in upstream's memory afterwards, where merging writes to it. */
export interface MergedList {
  readonly merged: readonly unknown[]
  readonly originalAfter: readonly unknown[]
}

/** Merges a list as its field's strategy says: replace, merge by key, union of values, or deletion of values. */
export function mergeLists(
  original: readonly unknown[],
  patch: readonly unknown[],
  field: FieldPatch,
  isDeleteList: boolean,
  options: MergeOptions,
): MergedList {
  if (field.strategy !== 'merge' && !isDeleteList) return { merged: patch, originalAfter: original }
  if (original.length === 0 && patch.length === 0) return { merged: original, originalAfter: original }
  if (elementKind(original, patch) === 'map') return mergeMapLists(original, patch, field, options)
  if (options.mergeParallelList && isDeleteList) {
    const deleted = new Set(patch)
    return { merged: original.filter((item) => !deleted.has(item)), originalAfter: original }
  }
  const union = [...original, ...patch]
  const kept = deduplicate(union)
  const originalAfter = hasRoomFor(original.length, patch.length) ? union.slice(0, original.length) : original
  const [patchItems, serverOnly] = partition(kept, patch, field.mergeKey)
  const ordering = { patchOrder: patch, serverOrder: originalAfter, mergeKey: field.mergeKey, kind: 'scalar' as const }
  return { merged: normalizeOrder(patchItems, serverOnly, ordering), originalAfter }
}

/** Upstream appends to the original in place when its memory has room, which doubles as a decoder fills it. */
function hasRoomFor(length: number, more: number): boolean {
  let capacity = 1
  while (capacity < length) capacity *= 2
  return length > 0 && capacity >= length + more
}

/** Keeps the first of equal values; the last value moves into each gap. Works on the list itself. */
export function deduplicate(list: unknown[]): unknown[] {
  let last = list.length - 1
  for (let i = 0; i < last; i++) {
    for (let j = i + 1; j <= last; j++) {
      if (list[i] !== list[j]) continue
      list[j] = list[last]
      last -= 1
      j -= 1
    }
  }
  return list.slice(0, last + 1)
}

function mergeMapLists(
  original: readonly unknown[],
  patch: readonly unknown[],
  field: FieldPatch,
  options: MergeOptions,
): MergedList {
  const { mergeKey, schema } = field
  if (mergeKey === '') {
    throw new PatchError('unsupported', `cannot merge lists without merge key for ${schema.goKind}`)
  }
  const memory = new WorkList(original)
  const plain: unknown[] = []
  let replace = false
  for (const item of patch) {
    const map = asMap(item)
    const directive = own(map, patchDirective)
    if (directive === undefined) plain.push(item)
    else if (directive === 'delete') memory.removeAll(mergeKey, deletionKey(map, mergeKey))
    else if (directive === 'replace') replace = true
    else if (directive === 'merge') {
      throw new PatchError('unsupported', 'merging lists cannot yet be specified in the patch')
    } else throw badPatchType(directive, map)
  }
  const target = replace ? new WorkList(plain) : memory
  const added = replace ? [] : plain
  const order = target.items()
  for (const item of added) {
    const at = target.indexOf(mergeKey, keyOf(item, mergeKey))
    if (at < 0) target.append(item)
    else target.set(at, mergeMaps(asMap(target.at(at)), asMap(item), schema, options))
  }
  const [patchItems, serverOnly] = partition(target.items(), added, mergeKey)
  const ordering = { patchOrder: added, serverOrder: order, mergeKey, kind: 'map' as const }
  return { merged: normalizeOrder(patchItems, serverOnly, ordering), originalAfter: memory.remembered() }
}

function deletionKey(item: { readonly [key: string]: unknown }, mergeKey: string): unknown {
  const key = own(item, mergeKey)
  if (key === undefined) throw noMergeKey(item, mergeKey)
  return key
}

/** A list that is worked on in place as a slice of Go is: what is cut off stays in memory until it is overwritten. */
class WorkList {
  readonly #memory: unknown[]
  readonly #initial: number
  #length: number

  constructor(items: readonly unknown[]) {
    this.#memory = [...items]
    this.#initial = items.length
    this.#length = items.length
  }

  items(): readonly unknown[] {
    return this.#memory.slice(0, this.#length)
  }

  remembered(): readonly unknown[] {
    return this.#memory.slice(0, this.#initial)
  }

  at(index: number): unknown {
    return this.#memory[index]
  }

  set(index: number, item: unknown): void {
    this.#memory[index] = item
  }

  append(item: unknown): void {
    this.#memory[this.#length] = item
    this.#length += 1
  }

  indexOf(mergeKey: string, key: unknown): number {
    for (let i = 0; i < this.#length; i++) {
      const item = this.#memory[i]
      if (!isMap(item)) throw new PatchError('malformed', `value for key ${i} is not a map`)
      if (own(item, mergeKey) === key) return i
    }
    return -1
  }

  removeAll(mergeKey: string, key: unknown): void {
    for (let at = this.indexOf(mergeKey, key); at >= 0; at = this.indexOf(mergeKey, key)) {
      this.#memory.copyWithin(at, at + 1, this.#length)
      this.#length -= 1
    }
  }
}
