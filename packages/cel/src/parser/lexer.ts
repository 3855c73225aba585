import type { Issue, Source } from '../ast/source.ts'

/** Tokens are named as upstream's grammar shows them in errors. */
export interface Token {
  readonly type: string
  readonly text: string
  /** Code points from the start of the expression. */
  readonly offset: number
}

const punctuation = new Map<string, string>(
  [
    '==',
    '!=',
    '<=',
    '>=',
    '&&',
    '||',
    '<',
    '>',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    '.',
    ',',
    '-',
    '!',
    '?',
    ':',
    '+',
    '*',
    '/',
    '%',
  ].map((text) => [text, `'${text}'`]),
)
const keywords = new Map([
  ['in', "'in'"],
  ['true', "'true'"],
  ['false', "'false'"],
  ['null', "'null'"],
])

export const endOfInput = '<EOF>'

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9'
const isHex = (c: string | undefined): boolean =>
  c !== undefined && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
const isLetter = (c: string | undefined): boolean =>
  c !== undefined && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_')

/** Reads the tokens of an expression; what is no token becomes an issue and is skipped. */
export class Lexer {
  readonly tokens: Token[] = []
  readonly issues: Issue[] = []
  readonly #points: readonly string[]
  #at = 0

  constructor(source: Source) {
    this.#points = source.points
    while (this.#at < this.#points.length) this.#next()
    this.tokens.push({ type: endOfInput, text: endOfInput, offset: this.#points.length })
  }

  #next(): undefined {
    const points = this.#points
    const start = this.#at
    const c = points[start] as string
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r' || c === '\f') {
      this.#at++
      return
    }
    if (c === '/' && points[start + 1] === '/') {
      while (this.#at < points.length && points[this.#at] !== '\n') this.#at++
      return
    }
    const literal = this.#string(start)
    if (literal !== undefined) return this.#push(literal.type, literal.end)
    if (isLetter(c)) {
      let end = start + 1
      while (isLetter(points[end]) || isDigit(points[end])) end++
      return this.#push('IDENTIFIER', end)
    }
    if (isDigit(c) || (c === '.' && isDigit(points[start + 1]))) return this.#number(start)
    if (c === '`') {
      let end = start + 1
      while (isLetter(points[end]) || isDigit(points[end]) || ['.', '-', '/', ' '].includes(points[end] ?? '')) end++
      if (points[end] === '`' && end > start + 1) return this.#push('ESC_IDENTIFIER', end + 1)
      return this.#fail(end)
    }
    const pair = c + (points[start + 1] ?? '')
    if (punctuation.has(pair)) return this.#push(punctuation.get(pair) ?? '', start + 2)
    if (punctuation.has(c)) return this.#push(punctuation.get(c) ?? '', start + 1)
    if (c === "'" || c === '"') return this.#fail(this.#brokenString(start))
    this.#fail(c === '&' || c === '|' || c === '=' ? start + 1 : start)
  }

  #push(type: string, end: number): undefined {
    const text = this.#points.slice(this.#at, end).join('')
    this.tokens.push({ type: type === 'IDENTIFIER' ? (keywords.get(text) ?? type) : type, text, offset: this.#at })
    this.#at = end
  }

  /** No token begins here: what was read before that was seen, up to and with the point at `end`, is skipped. */
  #fail(end: number): undefined {
    const text = this.#points.slice(this.#at, end + 1).join('')
    const shown = text.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')
    this.issues.push({ offset: this.#at, message: `Syntax error: token recognition error at: '${shown}'` })
    this.#at = end + 1
  }

  #number(start: number): undefined {
    const points = this.#points
    const digits = (from: number): number => {
      let end = from
      while (isDigit(points[end])) end++
      return end
    }
    const unsigned = (end: number): undefined => {
      const suffix = points[end]
      return suffix === 'u' || suffix === 'U' ? this.#push('NUM_UINT', end + 1) : this.#push('NUM_INT', end)
    }
    if (points[start] === '0' && points[start + 1] === 'x' && isHex(points[start + 2])) {
      let end = start + 2
      while (isHex(points[end])) end++
      return unsigned(end)
    }
    const whole = digits(start)
    let end = whole
    if (points[end] === '.' && isDigit(points[end + 1])) end = digits(end + 1)
    if (points[end] === 'e' || points[end] === 'E') {
      const sign = points[end + 1] === '+' || points[end + 1] === '-' ? 1 : 0
      if (isDigit(points[end + 1 + sign])) end = digits(end + 1 + sign)
    }
    return end > whole ? this.#push('NUM_FLOAT', end) : unsigned(whole)
  }

  /** A whole string or bytes literal at `start`, or undefined. */
  #string(start: number): { readonly type: string; readonly end: number } | undefined {
    const points = this.#points
    let at = start
    let type = 'STRING'
    if (points[at] === 'b' || points[at] === 'B') {
      type = 'BYTES'
      at++
    }
    const raw = points[at] === 'r' || points[at] === 'R'
    if (raw) at++
    const quote = points[at]
    if (quote !== '"' && quote !== "'") return undefined
    if (points[at + 1] === quote && points[at + 2] === quote) {
      const end = this.#tripleEnd(at + 3, quote, raw)
      if (end !== undefined) return { type, end }
    }
    let end = at + 1
    while (end < points.length) {
      const c = points[end]
      if (c === quote) return { type, end: end + 1 }
      if (c === '\n' || c === '\r') return undefined
      if (c === '\\' && !raw) {
        const length = this.#escape(end)
        if (length < 0) return undefined
        end += length
      } else end++
    }
    return undefined
  }

  #tripleEnd(from: number, quote: string, raw: boolean): number | undefined {
    const points = this.#points
    let end = from
    while (end < points.length) {
      if (points[end] === quote && points[end + 1] === quote && points[end + 2] === quote) return end + 3
      if (points[end] === '\\' && !raw) {
        const length = this.#escape(end)
        if (length < 0) return undefined
        end += length
      } else end++
    }
    return undefined
  }

  /** The length of the escape at `at`; when it is wrong, minus the number of points that were right. */
  #escape(at: number): number {
    const points = this.#points
    const c = points[at + 1] ?? ''
    if (c !== '' && 'abfnrtv"\'\\?`'.includes(c)) return 2
    const hex = c === 'x' || c === 'X' ? 2 : c === 'u' ? 4 : c === 'U' ? 8 : 0
    if (hex > 0) {
      for (let index = 0; index < hex; index++) if (!isHex(points[at + 2 + index])) return -(2 + index)
      return 2 + hex
    }
    if (c < '0' || c > '3' || c === '') return -1
    for (let index = 0; index < 2; index++) {
      const digit = points[at + 2 + index]
      if (digit === undefined || digit < '0' || digit > '7') return -(2 + index)
    }
    return 4
  }

  /** Where reading a string that is not closed had to stop. */
  #brokenString(start: number): number {
    const points = this.#points
    const quote = points[start]
    let end = start + 1
    while (end < points.length) {
      const c = points[end]
      if (c === '\n' || c === '\r' || c === quote) return end
      if (c === '\\') {
        const length = this.#escape(end)
        if (length < 0) return end - length
        end += length
      } else end++
    }
    return end
  }
}
