/** A snapshot or a configuration that cannot be used. The message is one line and names what is at fault. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  /** The object at fault, as `Pod default/web`; absent where it is not an object. */
  readonly object: string | undefined
  /** The field at fault in the API's spelling. */
  readonly field: string | undefined

  constructor(message: string, at: { readonly object?: string; readonly field?: string } = {}) {
    super(message)
    this.object = at.object
    this.field = at.field
  }
}
