import type { FieldError } from '../field-error.ts'

/** A selector that cannot be read or used. Its message is upstream's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
  /** What is wrong, field by field; empty when the syntax is. */
  readonly errors: readonly FieldError[]

  constructor(message: string, errors: readonly FieldError[] = []) {
    super(message)
    this.errors = errors
  }
}
