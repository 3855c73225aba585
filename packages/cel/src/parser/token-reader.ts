import type { Issue } from '../ast/source.ts'
import { endOfInput, type Token } from './lexer.ts'
import { expectation, expressionStarts, follows } from './syntax-errors.ts'

/** Reads tokens, and gets over wrong ones as ANTLR does: one too many is dropped, a closing one that is missing is thought there. */
export class TokenReader {
  readonly issues: Issue[] = []
  /** The position of the token to look at. */
  at = 0
  /** Set after an issue until something fits again. */
  recovering = false
  readonly #tokens: readonly Token[]
  readonly #closers: (readonly string[])[] = []

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  /** A token further on. */
  ahead(by: number): Token | undefined {
    return this.#tokens[this.at + by]
  }

  issue(offset: number, message: string): void {
    this.issues.push({ offset, message })
  }

  /** Notes an issue of the syntax; after one, no others until something fits again. */
  syntax(message: string): void {
    const { offset } = this.token
    const place = offset === 0 && this.token.type === endOfInput ? -1 : offset
    if (!this.recovering) this.issue(place, `Syntax error: ${message}`)
    this.recovering = true
  }

  /** Skips what can follow nothing that is open. */
  recover(besides: readonly string[] = []): void {
    const ends = ({ type }: Token): boolean =>
      type === endOfInput || (follows.has(type) && !besides.includes(type)) || this.#isCloser()
    while (!ends(this.token)) this.at++
  }

  #isCloser(): boolean {
    return this.#closers.some((closers) => closers.includes(this.token.type))
  }

  /** Whether the token may stand behind a closed bracket here. */
  #mayFollow(): boolean {
    const { type } = this.token
    return follows.has(type) || (this.#closers.at(-1) ?? [endOfInput]).includes(type)
  }

  /** Runs `parse` where `closers` may follow. */
  within<T>(closers: readonly string[], parse: () => T): T {
    this.#closers.push(closers)
    const result = parse()
    this.#closers.pop()
    return result
  }

  /** Deals with a token that is none of `expected`: true when it was dropped and another fits. */
  unexpected(expected: readonly string[]): boolean {
    const shown = expectation(expected)
    const next = this.#tokens[this.at + 1]
    if (next && this.token.type !== endOfInput && expected.includes(next.type)) {
      this.syntax(`extraneous input '${this.token.text}' expecting ${shown}`)
      this.at++
      this.recovering = false
      return true
    }
    this.syntax(`mismatched input '${this.token.text}' expecting ${shown}`)
    this.recover()
    return false
  }

  /** The token to look at. */
  get token(): Token {
    return this.#tokens[this.at] as Token
  }

  /** Whether the token is this sign. */
  is(text: string): boolean {
    return this.token.type === `'${text}'`
  }

  /** Takes the token when it is this sign. */
  take(text: string): Token | undefined {
    if (!this.is(text)) return undefined
    this.recovering = false
    return this.#tokens[this.at++]
  }

  /** Takes a token of this type; undefined when there is none and nothing could be done about it. */
  expect(type: string): Token | undefined {
    const token = this.token
    if (token.type === type) {
      this.recovering = false
      if (type !== endOfInput) this.at++
      return token
    }
    const next = this.#tokens[this.at + 1]
    if (next?.type !== type && type !== endOfInput) {
      const fits = type === "':'" ? expressionStarts.has(token.type) : this.#mayFollow()
      if (fits) {
        this.syntax(`missing ${type} at '${token.text}'`)
        return { type, text: type.slice(1, -1), offset: token.offset }
      }
    }
    if (!this.unexpected([type])) return undefined
    const found = this.token
    if (type !== endOfInput) this.at++
    return found
  }
}
