/** How deep Go's decoder reads. */
const maxDepth = 10_000

/**
 * What Go's decoder says of a text that is no JSON: `invalid character 'x' after top-level value`.
 *
 * @param unit `bytes` where each character of the text stands for a byte
 * @returns undefined for a text that is JSON
 * @see https://pkg.go.dev/encoding/json#SyntaxError
 */
export function jsonSyntaxError(text: string, unit: 'characters' | 'bytes' = 'characters'): string | undefined {
  const scanner = new Scanner(text, unit)
  try {
    scanner.document()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

class Problem extends Error {}

const ended = 'unexpected end of JSON input'
const escapes = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't'])

class Scanner {
  readonly #text: string
  readonly #unit: 'characters' | 'bytes'
  #at = 0

  constructor(text: string, unit: 'characters' | 'bytes') {
    this.#text = text
    this.#unit = unit
  }

  document(): void {
    // Open lists and objects, innermost last: what closes them.
    const open: (']' | '}')[] = []
    this.#space()
    this.#value(open)
    for (;;) {
      this.#space()
      const close = open.at(-1)
      const next = this.#text[this.#at]
      if (close === undefined) {
        if (next === undefined) return
        throw this.#unexpected('after top-level value')
      }
      if (next === close) {
        this.#at++
        open.pop()
      } else if (next === ',') {
        this.#at++
        this.#space()
        if (close === '}') this.#key('looking for beginning of object key string')
        this.#value(open)
      } else throw this.#unexpected(close === '}' ? 'after object key:value pair' : 'after array element')
    }
  }

  /** Reads a value, or the beginning of one that holds others. */
  #value(open: (']' | '}')[]): void {
    for (;;) {
      const next = this.#text[this.#at]
      if (next !== '{' && next !== '[') {
        this.#scalar(next)
        return
      }
      if (open.length >= maxDepth) throw new Problem('exceeded max depth')
      this.#at++
      this.#space()
      const close = next === '{' ? '}' : ']'
      if (this.#text[this.#at] === close) {
        this.#at++
        return
      }
      open.push(close)
      if (close === '}') this.#key('looking for beginning of object key string')
    }
  }

  #key(where: string): void {
    if (this.#text[this.#at] !== '"') throw this.#unexpected(where)
    this.#string()
    this.#space()
    if (this.#text[this.#at] !== ':') throw this.#unexpected('after object key')
    this.#at++
    this.#space()
  }

  #scalar(next: string | undefined): void {
    if (next === '"') this.#string()
    else if (next === 't') this.#word('true')
    else if (next === 'f') this.#word('false')
    else if (next === 'n') this.#word('null')
    else if (next !== undefined && /[-0-9]/.test(next)) this.#number()
    else throw this.#unexpected('looking for beginning of value')
  }

  #word(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.#at++
      if (this.#text[this.#at] !== word[i])
        throw this.#unexpected(`in literal ${word} (expecting ${quoteChar(word[i] ?? '')})`)
    }
    this.#at++
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const next = this.#text[this.#at]
      if (next === undefined) throw new Problem(ended)
      if (next === '"') break
      if (next === '\\') this.#escape()
      else if (next < ' ') throw this.#unexpected('in string literal')
    }
    this.#at++
  }

  #escape(): void {
    this.#at++
    const next = this.#text[this.#at]
    if (next === 'u') {
      for (let i = 0; i < 4; i++) {
        this.#at++
        if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? ''))
          throw this.#unexpected('in \\u hexadecimal character escape')
      }
    } else if (next === undefined || !escapes.has(next)) throw this.#unexpected('in string escape code')
  }

  #number(): void {
    if (this.#text[this.#at] === '-') {
      this.#at++
      if (!this.#isDigit()) throw this.#unexpected('in numeric literal')
    }
    if (this.#text[this.#at] === '0') this.#at++
    else this.#digits()
    if (this.#text[this.#at] === '.') {
      this.#at++
      if (!this.#isDigit()) throw this.#unexpected('after decimal point in numeric literal')
      this.#digits()
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at++
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++
      if (!this.#isDigit()) throw this.#unexpected('in exponent of numeric literal')
      this.#digits()
    }
  }

  #isDigit(): boolean {
    return /[0-9]/.test(this.#text[this.#at] ?? '')
  }

  #digits(): void {
    while (this.#isDigit()) this.#at++
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #unexpected(where: string): Problem {
    const next = this.#text[this.#at]
    if (next === undefined) return new Problem(ended)
    return new Problem(`invalid character ${quoteChar(this.#unit === 'bytes' ? next : firstByte(next))} ${where}`)
  }
}

/** Go reads bytes: of a character beyond ASCII it names the first one. */
function firstByte(next: string): string {
  const code = next.codePointAt(0) ?? 0
  if (code < 0x80) return next
  return String.fromCharCode(
    code < 0x800 ? 0xc0 | (code >> 6) : code < 0x10000 && (code < 0xd800 || code > 0xdfff) ? 0xe0 | (code >> 12) : 0xf0,
  )
}

function quoteChar(ch: string): string {
  if (ch === "'") return `'\\''`
  if (ch === '"') return `'"'`
  const known: Readonly<Record<string, string>> = {
    '\t': '\\t',
    '\n': '\\n',
    '\r': '\\r',
    '\\': '\\\\',
    '\b': '\\b',
    '\f': '\\f',
  }
  if (Object.hasOwn(known, ch)) return `'${known[ch]}'`
  const code = ch.charCodeAt(0)
  return code < 0x20 || code === 0x7f ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${ch}'`
}
