/** What went wrong while reading, as a closed set: callers can switch on it. */
export type YamlErrorCode =
  | 'syntax'
  | 'duplicate-key'
  | 'unknown-anchor'
  | 'recursive-alias'
  | 'excessive-aliasing'
  | 'too-deep'
  | 'bad-tag'
  | 'bad-merge'
  | 'bad-key'
  | 'not-json'

/** One step into a document: the name of a map entry or the index of a list item. */
export type PathStep = string | number

/** The fields of a {@link YamlError}. */
export interface YamlErrorDetails {
  readonly code: YamlErrorCode
  readonly message: string
  readonly file?: string | undefined
  readonly document?: number | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly path?: readonly PathStep[] | undefined
  /** Asked for the message when it is wanted: finding it may take a look at the whole text. */
  readonly goMessage?: (() => string) | undefined
}

/**
 * One thing that is wrong in a YAML or JSON text, with its place.
 *
 * `document` counts from 0; `line` and `column` count from 1 (columns in UTF-16 code units). `path` leads to the
 * value, when the error is about a value and not about the text. `message` names the place; `detail` does not.
 * `goMessage` is what Kubernetes' own reader says, as a server answers it: `line 2: found character that cannot start any
 * token`; a fault in the first line has no number there.
 */
export class YamlError extends Error {
  readonly code: YamlErrorCode
  readonly detail: string
  readonly file: string | undefined
  readonly document: number
  readonly line: number
  readonly column: number
  readonly path: readonly PathStep[]
  readonly #goMessage: () => string

  constructor(details: YamlErrorDetails) {
    const line = details.line ?? 1
    const column = details.column ?? 1
    super(`${details.file === undefined ? '' : `${details.file}:`}${line}:${column}: ${details.message}`)
    this.name = 'YamlError'
    this.code = details.code
    this.detail = details.message
    this.file = details.file
    this.document = details.document ?? 0
    this.line = line
    this.column = column
    this.path = details.path ?? []
    this.#goMessage = details.goMessage ?? (() => details.message)
  }

  get goMessage(): string {
    return this.#goMessage()
  }
}
