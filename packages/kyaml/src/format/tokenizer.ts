import { lexemes } from '../syntax/lexer.ts'
import { scanComments, scanLineComment } from './comment-scanner.ts'
import { type Comment, Cursor, type Mark, type Token, type TokenType } from './token.ts'

const indicators: Readonly<Record<string, TokenType>> = {
  '-': 'entry',
  '?': 'key',
  ':': 'value',
  ',': 'comma',
  '[': 'flow-sequence',
  ']': 'flow-sequence-end',
  '{': 'flow-mapping',
  '}': 'flow-mapping-end',
  '---': 'document-start',
  '...': 'document-end',
}

const controls = new Set(['\x02', '\x18'])
const scalarFollows = '\x1f'

/**
 * Splits a valid YAML text into tokens as go-yaml sees them, block starts and ends included, and into comments that
 * know which token they may belong to.
 */
export function tokenize(text: string): { tokens: Token[]; comments: Comment[] } {
  const tokenizer = new Tokenizer(text)
  let offset = 0
  let scalar = false
  let blockHeader: number | undefined
  for (const lexeme of lexemes(text)) {
    if (controls.has(lexeme)) continue
    if (lexeme === scalarFollows) {
      scalar = true
      continue
    }
    const start = offset
    offset += lexeme.length
    if (scalar) {
      if (blockHeader === undefined) tokenizer.content('scalar', start, offset, lexeme, true)
      else tokenizer.blockScalar(blockHeader, offset)
      scalar = false
      blockHeader = undefined
    } else if (/^[|>]/.test(lexeme)) blockHeader = start
    else if (blockHeader === undefined && !/^[\s#\ufeff]/.test(lexeme)) tokenizer.lexeme(lexeme, start, offset)
  }
  tokenizer.end()
  return { tokens: tokenizer.tokens, comments: tokenizer.comments }
}

/** Where an implicit key may have begun: the number of tokens before it, and its place. */
interface PossibleKey {
  readonly tokens: number
  readonly start: Mark
}

class Tokenizer {
  readonly tokens: Token[]
  readonly comments: Comment[] = []
  readonly #cursor: Cursor
  // Columns of the open blocks; the innermost is `#indent`.
  readonly #outer: number[] = []
  #indent = -1
  // One possible key for the block context, and one more for each open flow collection.
  readonly #keys: (PossibleKey | undefined)[] = [undefined]
  #keyAllowed = true

  constructor(text: string) {
    this.#cursor = new Cursor(text)
    this.tokens = [{ type: 'stream-start', start: this.#cursor.mark(), source: '' }]
  }

  get #flow(): boolean {
    return this.#keys.length > 1
  }

  lexeme(source: string, start: number, end: number): void {
    const type = indicators[source]
    if (type === undefined) {
      if (source.startsWith('%')) this.#marker('directive', start, end, source)
      else if (source.startsWith('*')) this.content('alias', start, end, source, false)
      else if (source.startsWith('&')) this.content('anchor', start, end, source, false)
      else if (source.startsWith('!')) this.content('tag', start, end, source, false)
      else this.content('scalar', start, end, source, false)
    } else if (type === 'document-start' || type === 'document-end') this.#marker(type, start, end, source)
    else this.#indicator(type, start, end)
  }

  /** A scalar on its own, an alias, or properties of a node. Plain scalars swallow the white space behind them. */
  content(type: TokenType, start: number, end: number, source: string, plain: boolean): void {
    const mark = this.#advance(start)
    const owner = this.#owner(mark)
    if (this.#keyAllowed) this.#keys[this.#keys.length - 1] = { tokens: this.tokens.length, start: mark }
    this.#keyAllowed = false
    this.#push(type, mark, source)
    this.#cursor.skipTo(end)
    if (plain) {
      const { line } = this.#cursor
      this.#cursor.skipSpace()
      if (this.#cursor.line > line || source.includes('\n')) this.#keyAllowed = true
    }
    this.#lineComment(owner)
  }

  blockScalar(start: number, end: number): void {
    const mark = this.#advance(start)
    this.#keys[this.#keys.length - 1] = undefined
    this.#keyAllowed = true
    this.#push('scalar', mark, '')
    const text = this.#cursor.text
    while (this.#cursor.index < end && !/[ \t\r\n]/.test(text.charAt(this.#cursor.index))) this.#cursor.skip()
    this.#lineComment(mark)
    this.#cursor.skipTo(end)
    this.#cursor.skipSpace()
    this.#lineComment(mark)
  }

  end(): void {
    const mark = this.#advance(this.#cursor.text.length)
    this.#closeBlocks(-1, mark)
    this.#push('stream-end', mark, '')
  }

  #marker(type: TokenType, start: number, end: number, source: string): void {
    const mark = this.#advance(start)
    this.#closeBlocks(-1, mark)
    this.#keys[this.#keys.length - 1] = undefined
    this.#keyAllowed = false
    this.#push(type, mark, source)
    this.#cursor.skipTo(end)
  }

  #indicator(type: TokenType, start: number, end: number): void {
    const mark = this.#advance(start)
    const owner = this.#owner(mark)
    if (type === 'entry') this.#openBlock('block-sequence', mark, this.tokens.length)
    if (type === 'key') this.#openBlock('block-mapping', mark, this.tokens.length)
    if (type === 'value') this.#value(mark)
    else if (type === 'flow-sequence' || type === 'flow-mapping') {
      if (this.#keyAllowed) this.#keys[this.#keys.length - 1] = { tokens: this.tokens.length, start: mark }
      this.#keys.push(undefined)
      this.#keyAllowed = true
    } else {
      this.#keys[this.#keys.length - 1] = undefined
      const closes = type === 'flow-sequence-end' || type === 'flow-mapping-end'
      if (closes && this.#flow) this.#keys.pop()
      this.#keyAllowed = type === 'key' ? !this.#flow : !closes
    }
    this.#push(type, mark, '')
    this.#cursor.skipTo(end)
    if (type !== 'entry') this.#lineComment(owner)
  }

  // A colon makes a key of what began earlier on this line, or stands for itself after `?`.
  #value(mark: Mark): void {
    const last = this.#keys.length - 1
    const key = this.#keys[last]
    this.#keys[last] = undefined
    if (key !== undefined && key.start.line === mark.line) {
      this.tokens.splice(key.tokens, 0, { type: 'key', start: key.start, source: '' })
      this.#openBlock('block-mapping', key.start, key.tokens)
      this.#keyAllowed = false
    } else {
      this.#openBlock('block-mapping', mark, this.tokens.length)
      this.#keyAllowed = !this.#flow
    }
  }

  #openBlock(type: TokenType, mark: Mark, before: number): void {
    if (this.#flow || this.#indent >= mark.column) return
    this.#outer.push(this.#indent)
    this.#indent = mark.column
    this.tokens.splice(before, 0, { type, start: mark, source: '' })
  }

  // Comments behind a colon or a comma belong to the token before it.
  #owner(mark: Mark): Mark {
    const c = this.#cursor.text.charAt(mark.index)
    return c === (this.#flow ? ',' : ':') ? (this.tokens.at(-1)?.start ?? mark) : mark
  }

  #push(type: TokenType, start: Mark, source: string): void {
    this.tokens.push({ type, start, source })
  }

  #lineComment(owner: Mark): void {
    const comment = scanLineComment(this.#cursor, owner)
    if (comment !== undefined) this.comments.push(comment)
  }

  // Reads the comments before the next token, and closes the blocks that end before it.
  #advance(next: number): Mark {
    const from = this.#cursor.mark()
    const text = this.#cursor.text
    while (this.#cursor.index < next) {
      if (text.charAt(this.#cursor.index) === '#') {
        const around = { indent: this.#indent, inFlow: this.#flow, before: this.#tokenBefore() }
        this.comments.push(...scanComments(this.#cursor, from, around))
      } else {
        if (!this.#flow && /[\r\n]/.test(text.charAt(this.#cursor.index))) this.#keyAllowed = true
        this.#cursor.skip()
      }
    }
    const mark = this.#cursor.mark()
    if (!this.#flow) this.#closeBlocks(mark.column, from)
    return mark
  }

  #tokenBefore(): Token {
    const last = this.tokens.at(-1)
    const token = last?.type === 'comma' ? this.tokens.at(-2) : last
    return token ?? { type: 'stream-start', start: { index: 0, line: 0, column: 0 }, source: '' }
  }

  // A block ends before the comments that stand at the column of a block around it: they are that block's.
  #closeBlocks(column: number, from: Mark): void {
    let end: Mark = { ...from, index: from.index - 1 }
    while (this.#indent > column) {
      let stop = end.index
      for (let i = this.comments.length - 1; i >= 0; i--) {
        const comment = this.comments[i]
        if (comment === undefined || comment.end.index < stop) break
        if (comment.start.column === this.#indent + 1) end = comment.start
        stop = comment.scanned.index
      }
      this.#push('block-end', end, '')
      this.#indent = this.#outer.pop() ?? -1
    }
  }
}
