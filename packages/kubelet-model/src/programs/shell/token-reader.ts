import type { Lexer, Token } from './lexer.ts'
import type { Word } from './syntax.ts'
import type { ShellSyntaxError } from './syntax-error.ts'

/** Words that mean something where a command begins. */
export const reservedWords: ReadonlySet<string> = new Set(
  [
    'if',
    'then',
    'elif',
    'else',
    'fi',
    'while',
    'until',
    'for',
    'do',
    'done',
    'case',
    'esac',
    'in',
    'function',
    'select',
  ].concat(['{', '}', '!', '[[', ']]', 'coproc']),
)

/** The token that is read next, and what it may stand for. */
export class TokenReader {
  readonly lexer: Lexer
  token: Token
  /** Where the token begins, behind blanks or not. */
  start: number

  constructor(lexer: Lexer) {
    this.lexer = lexer
    this.start = lexer.position
    this.token = lexer.next()
  }

  advance(): void {
    this.start = this.lexer.position
    this.token = this.lexer.next()
  }

  is(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator
  }

  /** The text of a word without quotes and substitutions. */
  get plain(): string | undefined {
    return this.token.kind === 'word' ? plainText(this.token.word) : undefined
  }

  get reserved(): string | undefined {
    const text = this.plain
    return text !== undefined && reservedWords.has(text) ? text : undefined
  }

  unexpected(): ShellSyntaxError {
    const token = this.token
    if (token.kind === 'end') return this.lexer.syntax('unexpected end of file')
    if (token.kind === 'newline') return this.lexer.syntax('unexpected newline')
    return this.lexer.syntax(
      `unexpected ${JSON.stringify(token.kind === 'operator' ? token.text : (this.plain ?? 'word'))}`,
    )
  }

  expect(word: string): void {
    if (this.reserved !== word) {
      const { kind } = this.token
      throw kind === 'end'
        ? this.lexer.syntax(`unexpected end of file (expecting ${JSON.stringify(word)})`)
        : this.unexpected()
    }
    this.advance()
  }

  newlines(): void {
    while (this.token.kind === 'newline') this.advance()
  }

  name(): string {
    const text = this.plain
    if (text === undefined || !/^[A-Za-z_][\w-]*$/.test(text)) throw this.unexpected()
    this.advance()
    return text
  }

  word(): Word {
    if (this.token.kind !== 'word') throw this.unexpected()
    const { word } = this.token
    this.advance()
    return word
  }
}

/** The text of a word without quotes and substitutions. */
export function plainText(word: Word): string | undefined {
  const [part, ...more] = word
  return part?.kind === 'bare' && more.length === 0 ? part.text : undefined
}
