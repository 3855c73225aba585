import type { JsonValue } from '@kube-bonsai/apimachinery'
import { diffMaps } from '../strategic/diff-map.ts'
import { plainDiff } from '../strategic/diff-options.ts'
import { mergeMaps } from '../strategic/merge-map.ts'
import type { PatchSchema } from '../strategic/schema.ts'
import { asJson } from '../util/json.ts'
import { PatchConflictError } from './conflict.ts'
import { checkPreconditions, readDocuments, type ThreeWayDocuments } from './documents.ts'
import type { Precondition } from './preconditions.ts'
import { mapsConflict, type SortedLists } from './strategic-conflicts.ts'

/** How `createThreeWayMergePatch` treats what others changed. */
export interface ThreeWayOptions {
  /** True to overwrite it, false to refuse where both sides changed a field differently. */
  readonly overwrite: boolean
  readonly preconditions?: readonly Precondition[]
}

/**
 * Makes the strategic merge patch of `kubectl apply`: what the wanted document adds to or changes in the server's,
 * and what it no longer has of the one that was applied last.
 *
 * @param schema of the documents, from `PatchSchema.of`
 * @throws PatchError when a document is no object or a precondition fails; PatchConflictError
 * @see staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
export function createThreeWayMergePatch(
  documents: ThreeWayDocuments,
  schema: PatchSchema,
  { overwrite, preconditions = [] }: ThreeWayOptions,
): JsonValue {
  const { original, modified, current } = readDocuments(documents)
  const changes = { ...plainDiff, setElementOrder: true, ignoreDeletions: true }
  const delta = diffMaps(current, modified, schema, changes)
  const removals = { ...plainDiff, setElementOrder: true, ignoreChangesAndAdditions: true }
  const deletions = diffMaps(original, modified, schema, removals)
  const options = { mergeParallelList: false, ignoreUnmatchedNulls: false }
  const patch = mergeMaps(deletions, delta, schema, options)
  checkPreconditions(patch, preconditions)
  if (!overwrite) {
    const others = diffMaps(original, current, schema, plainDiff)
    const sorted: SortedLists = new Map()
    if (mapsConflict(patch, others, schema, sorted)) throw new PatchConflictError(patch, others, sorted)
  }
  return asJson(patch)
}
