/** A request that cannot be sent as it was asked for: a name is missing or cannot stand in a path. Nothing was sent. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
  /** What is wrong: `name`, `namespace`, `subresource`, `fieldManager`, `resource`. */
  readonly field: string
  readonly actual: unknown

  constructor(field: string, problem: string, actual: unknown) {
    super(problem)
    this.field = field
    this.actual = actual
  }
}
