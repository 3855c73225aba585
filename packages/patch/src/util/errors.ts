/** Why a patch was refused. */
export type PatchErrorKind =
  /** The patch or the document is not of the form that the patch type asks for. */
  | 'malformed'
  /** The patch is well formed but does not fit the document. */
  | 'does-not-apply'
  /** A `test` operation found another value. */
  | 'test-failed'
  /** The type of the document does not know a field, or cannot be patched so. */
  | 'unsupported'
  /** A precondition of the caller does not hold. */
  | 'precondition-failed'
  /** Two sides changed the same field differently. */
  | 'conflict'

/** A patch that cannot be made or applied. Its message is upstream's; nothing was changed. */
export class PatchError extends Error {
  override readonly name = 'PatchError'
  readonly kind: PatchErrorKind

  constructor(kind: PatchErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
