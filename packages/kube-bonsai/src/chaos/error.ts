/** Something is wrong with a chaos script; the message begins with file, line and column, and names the field. */
export class ChaosScriptError extends Error {
  override readonly name = 'ChaosScriptError'
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Such as `events[2].at`; empty for the whole file. */
  readonly field: string
  constructor(
    place: { readonly file: string; readonly line: number; readonly column: number; readonly field: string },
    why: string,
  ) {
    const { file, line, column, field } = place
    super(`${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${why}`)
    this.file = file
    this.line = line
    this.column = column
    this.field = field
  }
}
