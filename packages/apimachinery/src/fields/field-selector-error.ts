/** A field selector that cannot be read. Its message is upstream's. */
export class FieldSelectorError extends Error {
  override readonly name = 'FieldSelectorError'
}
