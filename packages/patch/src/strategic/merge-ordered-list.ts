import { deepEqual } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { goText } from '../util/go-text.ts'
import { isMap, own } from '../util/json.ts'
import { directiveField, orderPrefix, patchDirective } from './directives.ts'
import { elementKind, keyOf, partition } from './elements.ts'
import { mergeLists } from './merge-list.ts'
import type { MergeOptions } from './merge-options.ts'
import { normalizeOrder, splitDeletions } from './order.ts'
import { badArgType, badListFormat } from './problems.ts'
import type { FieldPatch, PatchSchema } from './schema.ts'
import { withoutDirectives } from './values.ts'

/** Merges the lists whose order the patch sets, and takes them and their directives out of the patch. */
export function mergeOrderedLists(
  result: Map<string, unknown>,
  rest: Map<string, unknown>,
  schema: PatchSchema,
  options: MergeOptions,
): void {
  for (const [key, order] of [...rest]) {
    if (!key.startsWith(orderPrefix)) continue
    if (!options.mergeParallelList) keepDirective(result, key, order)
    rest.delete(key)
    if (!Array.isArray(order)) throw badArgType('list', order)
    const field = directiveField(key, orderPrefix)
    if (field === undefined) throw badListFormat('setElementOrder list')
    mergeOrderedList(result, rest, { name: field, order, schema, options })
  }
}

interface OrderedField {
  readonly name: string
  readonly order: readonly unknown[]
  readonly schema: PatchSchema
  readonly options: MergeOptions
}

function keepDirective(result: Map<string, unknown>, key: string, order: unknown): void {
  const present = result.get(key)
  if (present !== undefined && !deepEqual(present, order)) throw badListFormat('setElementOrder list')
  result.set(key, order)
}

function mergeOrderedList(
  result: Map<string, unknown>,
  rest: Map<string, unknown>,
  { name, order, schema, options }: OrderedField,
): void {
  const original = listOrNothing(result.get(name))
  const patch = listOrNothing(rest.get(name))
  const field = schema.listField(name)
  checkOrder(patch ?? [], order, field.mergeKey)
  if (original === undefined && patch === undefined) return
  const { merged, originalAfter } = mergeBoth(original, patch, field, options)
  const [patchItems, serverOnly] = partition(merged, order, field.mergeKey)
  const kind = elementKind(originalAfter, patch ?? [])
  const ordering = { patchOrder: order, serverOrder: originalAfter, mergeKey: field.mergeKey, kind }
  result.set(name, normalizeOrder(patchItems, serverOnly, ordering))
  rest.delete(name)
}

function mergeBoth(
  original: readonly unknown[] | undefined,
  patch: readonly unknown[] | undefined,
  field: FieldPatch,
  options: MergeOptions,
): { readonly merged: readonly unknown[]; readonly originalAfter: readonly unknown[] } {
  if (original === undefined) return { merged: listOrNothing(withoutDirectives(patch ?? [])) ?? [], originalAfter: [] }
  if (patch === undefined) return { merged: original, originalAfter: original }
  return mergeLists(original, patch, field, false, options)
}

function listOrNothing(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw badArgType('list', value)
  return value
}

/** The items of the patch must stand in the order that it sets, none missing. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (order.length === 0 || patch.length === 0) return
  const items = mergeKey === '' ? patch : splitDeletions(patch)[0]
  let at = 0
  let place = 0
  while (at < items.length && place < order.length) {
    const item = items[at]
    if (isMap(item) && own(item, patchDirective) !== undefined) {
      at += 1
      continue
    }
    if (sameElement(item, order[place], mergeKey)) at += 1
    place += 1
  }
  if (at >= items.length || place < order.length) return
  const message = `The order in patch list:\n${goText(patch)}\n doesn't match ${orderPrefix} list:\n${goText(order)}\n`
  throw new PatchError('malformed', message)
}

/** Says whether two items are the same one, by their merge key or their value. */
export function sameElement(a: unknown, b: unknown, mergeKey: string): boolean {
  return mergeKey === '' ? a === b : keyOf(a, mergeKey) === keyOf(b, mergeKey)
}
