/** Something is wrong with a file that describes nodes; the message begins with file, line and column, and names the field. */
export class NodesFileError extends Error {
  override readonly name = 'NodesFileError'
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Such as `nodes[2].cpu`; empty for the whole file. */
  readonly field: string
  /** What the field should hold. */
  readonly expected: string

  constructor(
    place: { readonly file: string; readonly line: number; readonly column: number; readonly field: string },
    expected: string,
  ) {
    const { file, line, column, field } = place
    super(`${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${expected}`)
    this.file = file
    this.line = line
    this.column = column
    this.field = field
    this.expected = expected
  }
}
