import type { JsonValue } from '@kube-bonsai/apimachinery'
import { asJson, checkDepth } from '../util/json.ts'
import { documentOf } from './apply.ts'
import { diffMaps } from './diff-map.ts'
import { plainDiff } from './diff-options.ts'
import type { PatchSchema } from './schema.ts'

/**
 * Makes the strategic merge patch that turns one document into another, with the directives that keep the order of
 * lists (upstream's CreateTwoWayMergePatch).
 *
 * @param schema of the documents, from `PatchSchema.of`
 * @throws PatchError with upstream's message, for instance when an item lacks its merge key
 */
export function createStrategicMergePatch(original: unknown, modified: unknown, schema: PatchSchema): JsonValue {
  const before = documentOf(original)
  const after = documentOf(modified)
  checkDepth(before, after)
  return asJson(diffMaps(before, after, schema, { ...plainDiff, setElementOrder: true }))
}
