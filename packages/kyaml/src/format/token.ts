/** A place in a text, all parts counted from 0. */
export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

export type TokenType =
  | 'stream-start'
  | 'stream-end'
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence'
  | 'block-mapping'
  | 'block-end'
  | 'entry'
  | 'key'
  | 'value'
  | 'flow-sequence'
  | 'flow-sequence-end'
  | 'flow-mapping'
  | 'flow-mapping-end'
  | 'comma'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

/** A token of the text, or one that only marks where a block begins or ends. */
export interface Token {
  readonly type: TokenType
  readonly start: Mark
  readonly source: string
}

/** A comment with its `#`s, and the place (`owner`) from which on tokens may take it. */
export interface Comment {
  readonly kind: 'head' | 'line' | 'foot'
  readonly text: string
  readonly owner: Mark
  readonly start: Mark
  readonly end: Mark
  readonly scanned: Mark
}

/** Walks through a text and counts lines, and line breaks since the last character that was not blank. */
export class Cursor {
  readonly text: string
  index = 0
  line = 0
  column = 0
  newlines = 0

  constructor(text: string) {
    this.text = text
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column }
  }

  /** Passes one character, or one line break (`\r\n` counts as one). */
  skip(): void {
    const c = this.text.charAt(this.index)
    if (c === '\n' || c === '\r' || c === '\u2028' || c === '\u2029') {
      this.index += c === '\r' && this.text.charAt(this.index + 1) === '\n' ? 2 : 1
      this.line++
      this.column = 0
      this.newlines++
      return
    }
    if (c !== ' ' && c !== '\t') this.newlines = 0
    this.index++
    this.column++
  }

  /** Passes everything up to an offset. */
  skipTo(index: number): void {
    while (this.index < index) this.skip()
  }

  /** Passes spaces, tabs and line breaks. */
  skipSpace(): void {
    while (this.index < this.text.length && /[ \t\r\n\u2028\u2029]/.test(this.text.charAt(this.index))) this.skip()
  }
}
