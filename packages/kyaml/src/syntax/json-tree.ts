import { maxDepth } from './limits.ts'
import type { MappingNode, SequenceNode, SyntaxNode } from './node.ts'
import type { SyntaxDocument, SyntaxFault } from './yaml-tree.ts'

/**
 * Parses a stream of JSON values (white space between them) into syntax trees with positions.
 *
 * @returns the documents; the last one carries a fault when the text is not JSON all the way
 */
export function parseJsonStream(text: string): SyntaxDocument[] {
  const reader = new JsonReader(text)
  const documents: SyntaxDocument[] = []
  for (;;) {
    reader.space()
    if (reader.offset >= text.length) return documents
    const start = reader.offset
    try {
      documents.push({ root: reader.value(0), faults: [], start, end: reader.offset })
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error
      documents.push({ root: undefined, faults: [error.fault], start, end: text.length })
      return documents
    }
  }
}

class JsonFault extends Error {
  readonly fault: SyntaxFault

  constructor(fault: SyntaxFault) {
    super(fault.message)
    this.fault = fault
  }
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
const word = /true|false|null/y
const space = /[ \t\r\n]*/y

class JsonReader {
  readonly #text: string
  offset = 0

  constructor(text: string) {
    this.#text = text
  }

  space(): void {
    this.#take(space)
  }

  value(depth: number): SyntaxNode {
    if (depth > maxDepth) this.#fail(`values nest deeper than ${maxDepth} levels`, 'too-deep')
    const start = this.offset
    const c = this.#text.charAt(start)
    if (c === '{') return this.#object(depth)
    if (c === '[') return this.#array(depth)
    if (c === '"') return this.#string()
    const text = this.#take(c === '-' || (c >= '0' && c <= '9') ? number : word)
    if (text === undefined) this.#fail(c === '' ? 'unexpected end of JSON' : `unexpected ${JSON.stringify(c)} in JSON`)
    return { kind: 'scalar', text, plain: true, tag: '', start, end: this.offset }
  }

  #object(depth: number): MappingNode {
    const node: MappingNode = { kind: 'mapping', entries: [], tag: '', start: this.offset, end: this.offset }
    this.offset++
    this.space()
    if (!this.#skip('}')) {
      do {
        this.space()
        if (this.#text.charAt(this.offset) !== '"') this.#fail('expected a string as key')
        const key = this.#string()
        this.space()
        if (!this.#skip(':')) this.#fail("expected ':' after a key")
        this.space()
        node.entries.push({ key, value: this.value(depth + 1) })
        this.space()
      } while (this.#skip(','))
      if (!this.#skip('}')) this.#fail("expected ',' or '}'")
    }
    node.end = this.offset
    return node
  }

  #array(depth: number): SequenceNode {
    const node: SequenceNode = { kind: 'sequence', items: [], tag: '', start: this.offset, end: this.offset }
    this.offset++
    this.space()
    if (!this.#skip(']')) {
      do {
        this.space()
        node.items.push(this.value(depth + 1))
        this.space()
      } while (this.#skip(','))
      if (!this.#skip(']')) this.#fail("expected ',' or ']'")
    }
    node.end = this.offset
    return node
  }

  #string(): SyntaxNode {
    const start = this.offset
    let end = this.#text.indexOf('"', start + 1)
    while (end !== -1 && this.#escaped(end)) end = this.#text.indexOf('"', end + 1)
    if (end === -1) this.#fail('string without an end')
    this.offset = end + 1
    const raw = this.#text.slice(start, this.offset)
    try {
      return { kind: 'scalar', text: String(JSON.parse(raw)), plain: false, tag: '', start, end: this.offset }
    } catch {
      this.offset = start
      return this.#fail('string with a bad escape or a control character')
    }
  }

  // A quote is escaped by an odd number of backslashes right before it.
  #escaped(quote: number): boolean {
    let first = quote
    while (this.#text.charAt(first - 1) === '\\') first--
    return (quote - first) % 2 === 1
  }

  #skip(c: string): boolean {
    if (this.#text.charAt(this.offset) !== c) return false
    this.offset++
    return true
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.offset += found.length
    return found
  }

  #fail(message: string, code: SyntaxFault['code'] = 'syntax'): never {
    throw new JsonFault({ code, message, offset: this.offset })
  }
}
