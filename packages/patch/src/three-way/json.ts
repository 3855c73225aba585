import { deepEqual, type JsonValue } from '@kube-bonsai/apimachinery'
import { applyMergePatch } from '../merge-patch/apply.ts'
import { createMergePatch } from '../merge-patch/create.ts'
import { asJson, entriesOf, isMap, type JsonMap, own } from '../util/json.ts'
import { PatchConflictError } from './conflict.ts'
import { checkPreconditions, readDocuments, type ThreeWayDocuments } from './documents.ts'
import type { Precondition } from './preconditions.ts'

/**
 * Makes the JSON merge patch of `kubectl apply` for kinds whose types are not known, such as custom resources.
 *
 * @param preconditions as a rule `kubectlPreconditions`
 * @throws PatchError when a document is no object or a precondition fails
 * @see staging/src/k8s.io/apimachinery/pkg/util/jsonmergepatch/patch.go
 */
export function createThreeWayJsonMergePatch(
  documents: ThreeWayDocuments,
  preconditions: readonly Precondition[] = [],
): JsonValue {
  const { original, modified, current } = readDocuments(documents)
  const changes = withoutNulls(asPatch(createMergePatch(current, modified)))
  const deletions = onlyNulls(asPatch(createMergePatch(original, modified)))
  if (conflict(changes, deletions)) throw new PatchConflictError(changes, deletions)
  const patch = asPatch(applyMergePatch(deletions, changes))
  checkPreconditions(patch, preconditions)
  return asJson(patch)
}

function asPatch(value: unknown): JsonMap {
  return isMap(value) ? value : {}
}

/** Keeps what a patch sets; an empty object is a value. */
function withoutNulls(patch: JsonMap): JsonMap {
  const kept: [string, unknown][] = []
  for (const [key, value] of entriesOf(patch)) {
    if (value === null) continue
    if (!isMap(value) || entriesOf(value).length === 0) {
      kept.push([key, value])
      continue
    }
    const inner = withoutNulls(value)
    if (Object.keys(inner).length > 0) kept.push([key, inner])
  }
  return Object.fromEntries(kept)
}

/** Keeps what a patch deletes. */
function onlyNulls(patch: JsonMap): JsonMap {
  const kept: [string, unknown][] = []
  for (const [key, value] of entriesOf(patch)) {
    if (value === null) kept.push([key, null])
    if (!isMap(value)) continue
    const inner = onlyNulls(value)
    if (Object.keys(inner).length > 0) kept.push([key, inner])
  }
  return Object.fromEntries(kept)
}

function conflict(left: unknown, right: unknown): boolean {
  if (isMap(left)) {
    if (!isMap(right)) return true
    return entriesOf(left).some(([key, value]) => {
      const other = own(right, key)
      return other !== undefined && conflict(value, other)
    })
  }
  return !deepEqual(left, right)
}
