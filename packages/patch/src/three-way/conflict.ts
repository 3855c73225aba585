import { PatchError } from '../util/errors.ts'
import type { JsonMap } from '../util/json.ts'
import { yamlText } from './yaml-text.ts'

/** Two sides changed the same field differently. */
export class PatchConflictError extends PatchError {
  /** The patch that was made. */
  readonly patch: unknown
  /** What the other side changed. */
  readonly changes: unknown

  /** @param printed what the message shows instead of some lists */
  constructor(
    patch: JsonMap,
    changes: JsonMap,
    printed: ReadonlyMap<readonly unknown[], readonly unknown[]> = new Map(),
  ) {
    const [made, others] = [yamlText(patch, printed), yamlText(changes, printed)]
    super('conflict', `patch:\n${made}\nconflicts with changes made from original to current:\n${others}\n`)
    this.patch = patch
    this.changes = changes
  }
}
