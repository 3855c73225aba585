import type { JsonValue } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { asJson, checkDepth, isMap, type JsonMap } from '../util/json.ts'
import { mergeMaps } from './merge-map.ts'
import type { PatchSchema } from './schema.ts'

/**
 * Applies a strategic merge patch: objects merge, lists replace or merge by key as the type says, directives
 * (`$patch`, `$retainKeys`, `$setElementOrder`, `$deleteFromPrimitiveList`) are carried out. Neither argument is
 * changed, and what did not change is shared with the result.
 *
 * @param schema of the document, from `PatchSchema.of`
 * @throws PatchError with upstream's message
 * @see staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, schema: PatchSchema): JsonValue {
  const original = documentOf(document)
  const changes = documentOf(patch)
  checkDepth(original, changes)
  return asJson(mergeMaps(original, changes, schema, { mergeParallelList: true, ignoreUnmatchedNulls: true }))
}

/** Reads a document; null is an empty one. */
export function documentOf(value: unknown): JsonMap {
  if (value === null || value === undefined) return {}
  if (!isMap(value)) throw new PatchError('malformed', 'invalid JSON document')
  return value
}
