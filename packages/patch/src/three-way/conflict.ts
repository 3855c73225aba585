import { PatchError } from '../util/errors.ts'
import type { JsonMap } from '../util/json.ts'
import { yamlText } from './yaml-text.ts'

/** Two sides changed the same field differently. */
export class PatchConflictError extends PatchError {
  /** The patch that was made. */
  readonly patch: unknown
  /** What the other side changed. */
  readonly changes: unknown

  constructor(patch: JsonMap, changes: JsonMap) {
    const made = yamlText(patch)
    super('conflict', `patch:\n${made}\nconflicts with changes made from original to current:\n${yamlText(changes)}\n`)
    this.patch = patch
    this.changes = changes
  }
}
