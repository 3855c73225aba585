import { documentOf } from '../strategic/apply.ts'
import { PatchError } from '../util/errors.ts'
import { goText } from '../util/go-text.ts'
import { checkDepth, type JsonMap } from '../util/json.ts'
import type { Precondition } from './preconditions.ts'

/** The three documents of an apply; one that is absent is empty. */
export interface ThreeWayDocuments {
  /** What was applied last. */
  readonly original?: unknown
  /** What is wanted now. */
  readonly modified?: unknown
  /** What the server has. */
  readonly current?: unknown
}

/** Reads the three documents. */
export function readDocuments(documents: ThreeWayDocuments): Readonly<Record<keyof ThreeWayDocuments, JsonMap>> {
  const original = documentOf(documents.original)
  const modified = documentOf(documents.modified)
  const current = documentOf(documents.current)
  checkDepth(original, modified, current)
  return { original, modified, current }
}

/**
 * Checks a patch that was made.
 *
 * @throws PatchError when a precondition does not hold
 */
export function checkPreconditions(patch: JsonMap, preconditions: readonly Precondition[]): void {
  if (preconditions.every((holds) => holds(patch))) return
  throw new PatchError('precondition-failed', `precondition failed for: ${goText(patch)}`)
}
