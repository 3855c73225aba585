import { deepEqual } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { goText, goType } from '../util/go-text.ts'
import { fromWork, isMap, type JsonMap, own, toWork } from '../util/json.ts'
import { deletePrefix, directiveField, orderPrefix, patchDirective, retainKeysDirective } from './directives.ts'
import { mergeLists } from './merge-list.ts'
import type { MergeOptions } from './merge-options.ts'
import { mergeOrderedLists } from './merge-ordered-list.ts'
import { badListFormat, badPatchType } from './problems.ts'
import type { PatchSchema } from './schema.ts'
import { withoutDirectives, withoutNulls } from './values.ts'

/** Merges a patch into an object. Neither is changed. */
export function mergeMaps(original: JsonMap, patch: JsonMap, schema: PatchSchema, options: MergeOptions): JsonMap {
  const directive = own(patch, patchDirective)
  if (directive !== undefined) return carryOut(directive, patch)
  const result = toWork(original)
  const rest = toWork(patch)
  applyRetainKeys(result, rest, options)
  mergeOrderedLists(result, rest, schema, options)
  for (const [key, value] of rest) mergeField(result, key, value, schema, options)
  return isUnchanged(result, original) ? original : fromWork(result)
}

/** Where nothing changed, the original stays in place and is shared. */
function isUnchanged(result: ReadonlyMap<string, unknown>, original: JsonMap): boolean {
  let count = 0
  for (const [key, value] of Object.entries(original)) {
    if (value === undefined) continue
    if (result.get(key) !== value) return false
    count += 1
  }
  return count === result.size
}

function carryOut(directive: unknown, patch: JsonMap): JsonMap {
  if (directive === 'delete') return {}
  if (directive !== 'replace') throw badPatchType(directive, patch)
  const rest = toWork(patch)
  rest.delete(patchDirective)
  return fromWork(rest)
}

function applyRetainKeys(result: Map<string, unknown>, rest: Map<string, unknown>, options: MergeOptions): void {
  const wanted = rest.get(retainKeysDirective)
  if (wanted === undefined) return
  rest.delete(retainKeysDirective)
  if (!options.mergeParallelList) {
    const present = result.get(retainKeysDirective)
    if (present !== undefined && !deepEqual(present, wanted)) {
      const both = `${goText(present)} and ${goText(wanted)}`
      const message = `${both} are not deep equal: this may happen when calculating the 3-way diff patch`
      throw new PatchError('malformed', message)
    }
    result.set(retainKeysDirective, wanted)
    return
  }
  if (!Array.isArray(wanted)) throw badListFormat('retainKeys')
  const retained = new Set<unknown>(wanted)
  for (const [key, value] of rest) {
    if (value === null || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue
    if (!retained.has(key)) throw badListFormat('retainKeys')
  }
  for (const key of [...result.keys()]) if (!retained.has(key)) result.delete(key)
}

function mergeField(
  result: Map<string, unknown>,
  patchKey: string,
  value: unknown,
  schema: PatchSchema,
  options: MergeOptions,
): void {
  const isDeleteList = patchKey.startsWith(deletePrefix)
  if (isDeleteList && !options.mergeParallelList) {
    result.set(patchKey, value)
    return
  }
  const key = isDeleteList ? directiveField(patchKey, deletePrefix) : patchKey
  if (key === undefined) throw badListFormat('primitive list')
  if (value === null) {
    result.delete(key)
    if (!options.ignoreUnmatchedNulls) result.set(key, null)
    return
  }
  const current = result.get(key)
  if (isMap(current) && isMap(value)) {
    const field = schema.field(key)
    result.set(key, field.strategy === 'replace' ? value : mergeMaps(current, value, field.schema, options))
  } else if (Array.isArray(current) && Array.isArray(value)) {
    result.set(key, mergeLists(current, value, schema.listField(key), isDeleteList, options).merged)
  } else if (!isDeleteList || (current !== undefined && goType(current) === goType(value))) {
    putNew(result, key, value, options)
  }
}

/** Takes the value of a patch as it stands where there is nothing to merge it with. */
function putNew(result: Map<string, unknown>, key: string, value: unknown, options: MergeOptions): void {
  const kept = withoutDirectives(options.ignoreUnmatchedNulls ? withoutNulls(value) : value)
  if (kept === undefined) result.delete(key)
  else result.set(key, kept)
}
