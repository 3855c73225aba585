import { CommandError } from '../../shell/shell-error.ts'
import type { Token } from './tokens.ts'

const maxDepth = 200

/** A place in a program, and what can be taken there. */
export class Cursor {
  readonly tokens: readonly Token[]
  at = 0
  /** Inside of what `print` takes, `>` is no comparison. */
  inPrint = false
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  get next(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' }
  }

  is(operator: string): boolean {
    return this.next.kind === 'operator' && this.next.text === operator
  }

  isWord(word: string): boolean {
    return (this.next.kind === 'word' || this.next.kind === 'call') && this.next.text === word
  }

  takes(operator: string): boolean {
    if (!this.is(operator)) return false
    this.at++
    return true
  }

  takesWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.at++
    return true
  }

  expect(operator: string): void {
    if (!this.takes(operator)) throw this.wrong()
  }

  endsHere(): boolean {
    return (
      this.is('}') ||
      this.is(';') ||
      this.is('>') ||
      this.is('|') ||
      this.is('>>') ||
      ['newline', 'end'].includes(this.next.kind)
    )
  }

  newlines(): void {
    while (this.next.kind === 'newline') this.at++
  }

  skip(): void {
    while (this.next.kind === 'newline' || this.is(';')) this.at++
  }

  deeper<Result>(read: () => Result): Result {
    if (++this.#depth > maxDepth) throw new CommandError('program is nested too deeply', 1)
    const result = read()
    this.#depth--
    return result
  }

  wrong(): CommandError {
    const { kind, text } = this.next
    return new CommandError(
      `unexpected ${kind === 'end' || kind === 'newline' ? 'end of line' : JSON.stringify(text)}`,
      1,
    )
  }
}
