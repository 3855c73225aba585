import { chooseStyle, isBreak, isMultiline, isPrintable } from './analysis.ts'
import { compareKeys } from './key-order.ts'

/** What stands around a node: it decides about indents and about the style of scalars. */
type Context = 'root' | 'item' | 'key' | 'long-key' | 'value'

/** A value as the emitter takes it: numbers and the like are words that need no quotes. */
export type Emittable =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'sequence'; readonly items: readonly unknown[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [string, unknown])[] }

const lineWidth = 80
const longestSimpleKey = 128

/** Writes block YAML as go-yaml v2 does. */
export class Emitter {
  readonly #describe: (value: unknown) => Emittable
  #out = ''
  #column = 0
  #indent = -1
  // After white space, and within indentation: decide where spaces and line breaks are still needed.
  #afterSpace = true
  #inIndent = true

  constructor(describe: (value: unknown) => Emittable) {
    this.#describe = describe
  }

  document(value: unknown): string {
    this.#node(value, 'root')
    this.#startLine()
    return this.#out
  }

  #node(value: unknown, context: Context): void {
    const node = this.#describe(value)
    if (node.kind === 'word') this.#scalar(node.text, 'plain', false)
    else if (node.kind === 'string') this.#string(node.text, context)
    else if (node.kind === 'sequence') this.#sequence(node.items, context)
    else this.#mapping(node.entries)
  }

  #sequence(items: readonly unknown[], context: Context): void {
    if (items.length === 0) {
      this.#indicator('[', true)
      this.#indicator(']', false)
      return
    }
    const before = this.#indent
    // Lists under a key stand below the key itself, not indented.
    this.#deeper((context === 'value' || context === 'long-key') && !this.#inIndent)
    for (const item of items) {
      this.#startLine()
      this.#indicator('-', true, true)
      this.#node(item, 'item')
    }
    this.#indent = before
  }

  #mapping(entries: readonly (readonly [string, unknown])[]): void {
    if (entries.length === 0) {
      this.#indicator('{', true)
      this.#indicator('}', false)
      return
    }
    const before = this.#indent
    this.#deeper(false)
    for (const [key, value] of [...entries].sort(([a], [b]) => compareKeys(a, b))) {
      this.#startLine()
      if (!isMultiline(key) && new TextEncoder().encode(key).length <= longestSimpleKey) {
        this.#string(key, 'key')
        this.#indicator(':', false)
      } else {
        this.#indicator('?', true, true)
        this.#string(key, 'long-key')
        this.#startLine()
        this.#indicator(':', true, true)
      }
      this.#node(value, 'value')
    }
    this.#indent = before
  }

  #deeper(keepColumn: boolean): void {
    if (this.#indent < 0) this.#indent = 0
    else if (!keepColumn) this.#indent += 2
  }

  #string(text: string, context: Context): void {
    this.#scalar(text, chooseStyle(text, context === 'key'), context !== 'key')
  }

  #scalar(text: string, style: 'plain' | 'single' | 'double' | 'literal', mayWrap: boolean): void {
    const before = this.#indent
    this.#indent = before < 0 ? 2 : before + 2
    if (style === 'plain') this.#plain(text, mayWrap)
    else if (style === 'single') this.#single(text, mayWrap)
    else if (style === 'double') this.#double(text, mayWrap)
    else this.#literal(text)
    this.#indent = before
  }

  #plain(text: string, mayWrap: boolean): void {
    if (!this.#afterSpace) this.#put(' ')
    this.#wrapped([...text], mayWrap, false)
    this.#afterSpace = false
    this.#inIndent = false
  }

  #single(text: string, mayWrap: boolean): void {
    this.#indicator("'", true)
    this.#wrapped([...text], mayWrap, true)
    this.#indicator("'", false)
  }

  // Plain and single-quoted text: may break at single spaces beyond the line width; holds no `\n`.
  #wrapped(chars: readonly string[], mayWrap: boolean, quoted: boolean): void {
    let spaces = false
    let breaks = false
    for (const [i, c] of chars.entries()) {
      if (c === ' ') {
        const edge = quoted && (i === 0 || i === chars.length - 1)
        if (mayWrap && !spaces && this.#column > lineWidth && !edge && chars[i + 1] !== ' ') this.#startLine()
        else this.#put(c)
        spaces = true
      } else if (isBreak(c)) {
        this.#putBreak(c)
        this.#inIndent = true
        breaks = true
      } else {
        if (breaks) this.#startLine()
        this.#put(quoted && c === "'" ? "''" : c)
        this.#inIndent = false
        spaces = false
        breaks = false
      }
    }
  }

  #double(text: string, mayWrap: boolean): void {
    this.#indicator('"', true)
    const chars = [...text]
    // go-yaml looks for a byte order mark at the start of the text only, at every character.
    const escapeAll = chars[0] === '\ufeff'
    let spaces = false
    for (const [i, c] of chars.entries()) {
      if (escapeAll || !isPrintable(c) || isBreak(c) || c === '"' || c === '\\') {
        this.#put(escapeCharacter(c))
        spaces = false
      } else if (c === ' ') {
        if (mayWrap && !spaces && this.#column > lineWidth && i > 0 && i < chars.length - 1) {
          this.#startLine()
          if (chars[i + 1] === ' ') this.#put('\\')
        } else this.#put(c)
        spaces = true
      } else {
        this.#put(c)
        spaces = false
      }
    }
    this.#indicator('"', false)
  }

  #literal(text: string): void {
    const chars = [...text]
    this.#indicator('|', true)
    if (chars[0] === ' ' || isBreak(chars[0])) this.#indicator('2', false)
    if (!isBreak(chars.at(-1))) this.#indicator('-', false)
    else if (chars.length === 1 || isBreak(chars.at(-2))) this.#indicator('+', false)
    this.#putBreak('\n')
    this.#inIndent = true
    this.#afterSpace = true
    let breaks = true
    for (const c of chars) {
      if (isBreak(c)) {
        this.#putBreak(c)
        this.#inIndent = true
        breaks = true
      } else {
        if (breaks) this.#startLine()
        this.#put(c)
        this.#inIndent = false
        breaks = false
      }
    }
  }

  #startLine(): void {
    const indent = Math.max(this.#indent, 0)
    if (!this.#inIndent || this.#column > indent || (this.#column === indent && !this.#afterSpace)) this.#putBreak('\n')
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column))
    this.#afterSpace = true
    this.#inIndent = true
  }

  #indicator(text: string, needsSpace: boolean, keepsIndent = false): void {
    if (needsSpace && !this.#afterSpace) this.#put(' ')
    this.#put(text)
    this.#afterSpace = false
    this.#inIndent = this.#inIndent && keepsIndent
  }

  #put(text: string): void {
    this.#out += text
    this.#column += text.length === 1 ? 1 : [...text].length
  }

  #putBreak(c: string): void {
    this.#out += c
    this.#column = 0
  }
}

const names: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

function escapeCharacter(c: string): string {
  const name = names[c]
  if (name !== undefined) return `\\${name}`
  const code = c.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
