/** A script that cannot be read: it is wrong, or needs what this shell does not have. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'
  /** `syntax` is wrong for every shell; `unmodelled` is right for others. */
  readonly kind: 'syntax' | 'unmodelled'
  /** More text could make it right. */
  readonly incomplete: boolean
  /** Counted from 1. */
  readonly line: number
  constructor(kind: 'syntax' | 'unmodelled', line: number, what: string) {
    super(`${line > 1 ? `line ${line}: ` : ''}${kind === 'syntax' ? 'syntax error' : 'not modelled'}: ${what}`)
    this.kind = kind
    this.incomplete = /unterminated|unexpected end of file|EOF in|missing }/.test(what)
    this.line = line
  }
}
