import type { Script, Word, WordPart } from './syntax.ts'
import { ShellSyntaxError } from './syntax-error.ts'
import { WordBuilder } from './word-builder.ts'
import { type Nested, readBackquote, readDollar } from './word-parts.ts'

/** What a script is made of. */
export type Token =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'operator'; readonly text: string; readonly descriptor: number | undefined }
  | { readonly kind: 'newline' }
  | { readonly kind: 'end' }

/** A here-document whose text begins after the line. */
export interface PendingDocument {
  readonly delimiter: string
  readonly stripTabs: boolean
  readonly quoted: boolean
  fill(body: Word): void
}

const operators = [
  '<<<',
  '<<-',
  '&>>',
  '&&',
  '||',
  ';;',
  '<<',
  '>>',
  '<&',
  '>&',
  '<>',
  '>|',
  '&>',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
]
const endsWord = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])
const maxDepth = 100
const maxLength = 1024 * 1024

/** Parses until a closing operator, which it reads, or to the end of the text. */
export type ParseNested = (lexer: Lexer, until: string | undefined) => Script

/** Reads tokens from a script. Positions are shared with the parsers of `$(…)` inside of it. */
export class Lexer {
  readonly source: string
  #depth: number
  readonly #parse: ParseNested
  position: number
  /** True when a here-document did not come to its end. */
  isUnfinished = false
  readonly #pending: PendingDocument[] = []

  /** Where `$((` turned out to begin commands; shared by all that read the same text. */
  readonly #commandsAt: Set<number>

  constructor(
    source: string,
    parse: ParseNested,
    at: number = 0,
    depth: number = 0,
    commandsAt: Set<number> = new Set(),
  ) {
    this.source = source
    this.position = at
    this.#depth = depth
    this.#parse = parse
    this.#commandsAt = commandsAt
    if (depth > maxDepth) throw this.syntax('nested too deeply')
    if (source.length > maxLength) throw this.syntax('the script is too long')
  }

  /** Reads something that may hold itself. */
  deeper<T>(read: () => T): T {
    if (this.#depth >= maxDepth) throw this.syntax('nested too deeply')
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }

  syntax(what: string): ShellSyntaxError {
    return new ShellSyntaxError('syntax', this.#line(), what)
  }

  unmodelled(what: string): ShellSyntaxError {
    return new ShellSyntaxError('unmodelled', this.#line(), what)
  }

  #line(): number {
    let line = 1
    for (let at = this.source.indexOf('\n'); at >= 0 && at < this.position; at = this.source.indexOf('\n', at + 1))
      line++
    return line
  }

  /** The text of the document comes with the next line. */
  expectDocument(document: PendingDocument): void {
    this.#pending.push(document)
  }

  next(): Token {
    this.#skipBlanks()
    const character = this.source[this.position]
    if (character === undefined) {
      if (this.#pending.length > 0) this.#readDocuments()
      return { kind: 'end' }
    }
    if (character === '\n') {
      this.position++
      this.#readDocuments()
      return { kind: 'newline' }
    }
    const descriptor = /^\d{1,3}(?=[<>])/.exec(this.source.slice(this.position, this.position + 4))?.[0]
    const at = this.position + (descriptor?.length ?? 0)
    const operator = operators.find((text) => this.source.startsWith(text, at))
    if (operator === undefined) return { kind: 'word', word: this.#word() }
    if (/^[<>]\(/.test(this.source.slice(at, at + 2))) throw this.unmodelled('process substitution')
    this.position = at + operator.length
    return { kind: 'operator', text: operator, descriptor: descriptor === undefined ? undefined : Number(descriptor) }
  }

  #skipBlanks(): void {
    for (;;) {
      const character = this.source[this.position]
      if (character === ' ' || character === '\t') this.position++
      else if (character === '\\' && this.source[this.position + 1] === '\n') this.position += 2
      else if (character === '#') {
        const end = this.source.indexOf('\n', this.position)
        this.position = end < 0 ? this.source.length : end
      } else return
    }
  }

  #word(): Word {
    return this.readWord((character) => endsWord.has(character))
  }

  /** Reads parts until a character that ends the word, which stays. */
  readWord(ends: (character: string) => boolean): Word {
    const word = new WordBuilder()
    for (;;) {
      const character = this.source[this.position]
      if (character === undefined || ends(character)) return word.done()
      this.#part(character, word)
    }
  }

  #part(character: string, word: WordBuilder): void {
    switch (character) {
      case "'": {
        const end = this.source.indexOf("'", this.position + 1)
        if (end < 0) throw this.syntax('unterminated quoted string')
        word.quoted(this.source.slice(this.position + 1, end))
        this.position = end + 1
        return
      }
      case '"':
        this.position++
        word.add({ kind: 'double', parts: this.readDouble('"') })
        this.position++
        return
      case '\\': {
        const escaped = this.source[this.position + 1]
        this.position += escaped === undefined ? 1 : 2
        if (escaped !== '\n') word.quoted(escaped ?? '\\')
        return
      }
      case '$':
      case '`':
        this.#substitution(character, word, false)
        return
      default:
        word.bare(character)
        this.position++
    }
  }

  #substitution(character: string, word: WordBuilder, inDouble: boolean): void {
    const found: WordPart | string = character === '`' ? readBackquote(this, inDouble) : readDollar(this, inDouble)
    if (typeof found !== 'string') word.add(found)
    else if (inDouble) word.quoted(found)
    else word.bare(found)
  }

  /** Reads text as between double quotes until `end`, which stays; undefined for the end of the script. */
  readDouble(end: string | undefined): DoubleParts {
    const word = new WordBuilder()
    for (;;) {
      const character = this.source[this.position]
      if (character === undefined) {
        if (end === undefined) return word.doubleParts()
        throw this.syntax('unterminated quoted string')
      }
      if (character === end) return word.doubleParts()
      // Quotes in an operand that is between quotes itself say nothing more.
      if (character === '"' && end === '}') this.position++
      else this.#doublePart(character, word, end === undefined ? '$`\\' : `$\`\\"${end}`)
    }
  }

  #doublePart(character: string, word: WordBuilder, escapable: string): void {
    if (character === '$' || character === '`') {
      this.#substitution(character, word, true)
      return
    }
    const escaped = this.source[this.position + 1]
    if (character === '\\' && escaped === '\n') this.position += 2
    else if (character === '\\' && escaped !== undefined && escapable.includes(escaped)) {
      word.quoted(escaped)
      this.position += 2
    } else {
      word.quoted(character)
      this.position++
    }
  }

  /** Reads an expression that `))` ends, from `at`, and goes on behind it; undefined when it is none. */
  readExpression(at: number): Word | undefined {
    if (this.#commandsAt.has(at)) return undefined
    const { position } = this
    this.position = at
    try {
      const parts = this.deeper(() => this.#expression())
      if (parts !== undefined) return parts.length === 0 ? [] : [{ kind: 'double', parts }]
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error
    }
    this.#commandsAt.add(at)
    this.position = position
    return undefined
  }

  #expression(): DoubleParts | undefined {
    const word = new WordBuilder()
    let open = 0
    for (;;) {
      const character = this.source[this.position]
      if (character === undefined || character === "'" || character === ';') return undefined
      if (character === ')' && open === 0) {
        if (this.source[this.position + 1] !== ')') return undefined
        this.position += 2
        return word.doubleParts()
      }
      if (character === '(') open++
      if (character === ')') open--
      if (character === '"') this.position++
      else this.#doublePart(character, word, '$`\\')
    }
  }

  /** Parses a script inside of this one. */
  nested(at: number, until: string | undefined, source: string = this.source): Nested {
    const known = source === this.source ? this.#commandsAt : new Set<number>()
    const lexer = new Lexer(source, this.#parse, at, this.#depth + 1, known)
    return { script: this.#parse(lexer, until), end: lexer.position }
  }

  #readDocuments(): void {
    for (const document of this.#pending.splice(0)) {
      const lines: string[] = []
      for (;;) {
        if (this.position >= this.source.length) {
          this.isUnfinished = true
          break
        }
        const end = this.source.indexOf('\n', this.position)
        const raw = this.source.slice(this.position, end < 0 ? this.source.length : end)
        this.position = end < 0 ? this.source.length : end + 1
        const line = document.stripTabs ? raw.replace(/^\t+/, '') : raw
        if (line === document.delimiter) break
        lines.push(`${line}\n`)
      }
      const text = lines.join('')
      if (document.quoted) document.fill(text === '' ? [] : [{ kind: 'quoted', text }])
      else {
        const parts = new Lexer(text, this.#parse, 0, this.#depth + 1).readDouble(undefined)
        document.fill(parts.length === 0 ? [] : [{ kind: 'double', parts }])
      }
    }
  }
}

type DoubleParts = ReturnType<WordBuilder['doubleParts']>
