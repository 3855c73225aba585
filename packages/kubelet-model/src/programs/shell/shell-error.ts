/** A script cannot go on: a variable that must be set is not, a descriptor is none, and the like. */
export class ShellError extends Error {
  override readonly name = 'ShellError'
  readonly code: number
  constructor(message: string, code: number = 2) {
    super(message)
    this.code = code
  }
}

/** A command cannot do what it is asked, and says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number
  constructor(message: string, code: number = 1) {
    super(message)
    this.code = code
  }
}

/** The real command could, but nobody wrote it here. */
export class NotModelled extends Error {
  override readonly name = 'NotModelled'
}
