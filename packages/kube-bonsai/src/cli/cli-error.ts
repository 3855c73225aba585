/** Something a user can put right; printed without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** What to do next. */
  readonly advice: string | undefined
  /** True when the command line is at fault. */
  readonly usage: boolean

  constructor(message: string, options: { readonly advice?: string; readonly usage?: boolean } = {}) {
    super(message)
    this.advice = options.advice
    this.usage = options.usage ?? false
  }
}
