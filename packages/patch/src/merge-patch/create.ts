import { deepEqual, type JsonValue } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { asJson, checkDepth, entriesOf, isMap, type JsonMap, own } from '../util/json.ts'

/**
 * Makes the JSON merge patch that turns one document into another. Of two lists of equal length it makes a list of
 * patches, as upstream does.
 *
 * @throws PatchError when the documents are neither two objects nor two such lists
 */
export function createMergePatch(original: unknown, modified: unknown): JsonValue {
  checkDepth(original, modified)
  if (Array.isArray(original) !== Array.isArray(modified)) {
    throw new PatchError('malformed', 'Mismatched JSON Documents')
  }
  if (!Array.isArray(original) || !Array.isArray(modified)) return asJson(diff(object(original), object(modified)))
  if (original.length !== modified.length) throw new PatchError('malformed', 'Invalid JSON Document')
  return asJson(original.map((item: unknown, i) => diff(object(item), object(modified[i]))))
}

function object(value: unknown): JsonMap {
  if (value === null) return {}
  if (!isMap(value)) throw new PatchError('malformed', 'Invalid JSON Document')
  return value
}

function diff(original: JsonMap, modified: JsonMap): JsonMap {
  const patch: [string, unknown][] = []
  for (const [key, value] of entriesOf(modified)) {
    const before = own(original, key)
    if (!isMap(before) || !isMap(value)) {
      if (!deepEqual(before, value)) patch.push([key, value])
      continue
    }
    const inner = diff(before, value)
    if (Object.keys(inner).length > 0) patch.push([key, inner])
  }
  for (const [key] of entriesOf(original)) if (own(modified, key) === undefined) patch.push([key, null])
  return Object.fromEntries(patch)
}
