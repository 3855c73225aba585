/** `exit`: the shell ends. */
export class ExitSignal extends Error {
  override readonly name = 'ExitSignal'
  readonly code: number
  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

/** `return`: the function, or the file that `.` reads, ends. */
export class ReturnSignal extends Error {
  override readonly name = 'ReturnSignal'
  readonly code: number
  constructor(code: number) {
    super(`return ${code}`)
    this.code = code
  }
}

/** `break` and `continue`: loops end, or begin anew. */
export class LoopSignal extends Error {
  override readonly name = 'LoopSignal'
  readonly kind: 'break' | 'continue'
  /** How many loops, from within. */
  levels: number
  constructor(kind: 'break' | 'continue', levels: number) {
    super(`${kind} ${levels}`)
    this.kind = kind
    this.levels = levels
  }
}
