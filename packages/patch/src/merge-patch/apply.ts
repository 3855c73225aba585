import type { JsonValue } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { asJson, checkDepth, entriesOf, fromWork, isMap, type JsonMap, toWork } from '../util/json.ts'

/**
 * Applies a JSON merge patch as the API server does, which is RFC 7386 with the ways of evanphx/json-patch v4: nulls
 * within a list that replaces a list stay, elsewhere those of objects in new values go.
 *
 * @throws PatchError when document or patch is null, or the patch is neither object nor list
 * @see https://github.com/evanphx/json-patch/blob/v4.13.0/merge.go
 */
export function applyMergePatch(document: unknown, patch: unknown): JsonValue {
  if (document === null || document === undefined) throw new PatchError('malformed', 'Invalid JSON Document')
  if (patch === null || patch === undefined) throw new PatchError('malformed', 'Invalid JSON Patch')
  checkDepth(document, patch)
  if (isMap(document) && isMap(patch)) return asJson(mergeMaps(document, patch))
  if (!isMap(patch) && !Array.isArray(patch)) throw new PatchError('malformed', 'Invalid JSON Patch')
  return asJson(pruneNulls(patch))
}

function mergeMaps(document: JsonMap, patch: JsonMap): JsonMap {
  const work = toWork(document)
  let changed = false
  for (const [key, value] of entriesOf(patch)) {
    const current = work.get(key)
    const next = value === null ? undefined : mergeValues(current ?? null, value)
    if (next === current) continue
    changed = true
    if (next === undefined) work.delete(key)
    else work.set(key, next)
  }
  return changed ? fromWork(work) : document
}

function mergeValues(current: unknown, value: unknown): unknown {
  if (!isMap(current)) return pruneNulls(value)
  return isMap(value) ? mergeMaps(current, value) : value
}

/** Takes the nulls of objects away, at any depth; those that are items of a list stay. */
function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(pruneNulls)
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (!isMap(value)) return value
  const work = toWork(value)
  let changed = false
  for (const [key, item] of work) {
    const pruned = pruneNulls(item)
    if (pruned === item && item !== null) continue
    changed = true
    if (pruned === null) work.delete(key)
    else work.set(key, pruned)
  }
  return changed ? fromWork(work) : value
}
