/** A document that no server could take: it lacks apiVersion, kind or metadata, or its kind is unknown. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  /** The field at fault: `apiVersion`, `kind`, `metadata`. */
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}
