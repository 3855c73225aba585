import { needsQuotes } from './quoting.ts'
import type { Comments, Lens, Shape } from './shape.ts'
import { quoteFolded, quoteOnOneLine } from './string.ts'

/** Prints a tree as KYAML, without header and final newline. */
export function printTree<T>(root: T, lens: Lens<T>, compact: boolean): string {
  const printer = new Printer(lens)
  if (compact) printer.compact(root)
  else printer.node(root, 0)
  return printer.text()
}

const step = '  '

class Printer<T> {
  readonly #lens: Lens<T>
  readonly #parts: string[] = []
  readonly #indents: string[] = ['']

  constructor(lens: Lens<T>) {
    this.#lens = lens
  }

  text(): string {
    return this.#parts.join('')
  }

  compact(node: T): void {
    const shape = this.#lens.shape(node)
    if (shape.kind === 'verbatim') this.#put(shape.text)
    else if (shape.kind === 'string') this.#put(quoteOnOneLine(shape.text))
    else if (shape.kind === 'alias') this.compact(shape.target)
    else if (shape.kind === 'sequence') {
      this.#put('[')
      for (const [i, item] of shape.items.entries()) {
        if (i > 0) this.#put(', ')
        this.compact(item)
      }
      this.#put(']')
    } else {
      this.#put('{')
      for (const [i, { key, value }] of shape.entries.entries()) {
        this.#put(i > 0 ? ', ' : '', printKey(key), ': ')
        this.compact(value)
      }
      this.#put('}')
    }
  }

  // The cursor stands where the node begins; `level` is the indent of the line it is on.
  node(node: T, level: number): void {
    const shape = this.#lens.shape(node)
    if (shape.kind === 'verbatim') this.#put(shape.text)
    else if (shape.kind === 'string') this.#put(quoteFolded(shape.text, this.#indent(level + 1)))
    else if (shape.kind === 'alias') this.node(shape.target, level + 1)
    else if (shape.kind === 'sequence') this.#sequence(shape.items, level)
    else this.#mapping(shape, level)
  }

  #sequence(items: readonly T[], level: number): void {
    if (items.length === 0) {
      this.#put('[]')
      return
    }
    if (items.every((item) => this.#cuddles(item))) {
      this.#put('[')
      for (const [i, item] of items.entries()) {
        if (i > 0) this.#put(', ')
        this.node(item, level)
      }
    } else {
      this.#put('[\n')
      for (const item of items) this.#line(this.#lens.comments(item), level + 1, () => this.node(item, level + 1))
      this.#put(this.#indent(level))
    }
    this.#put(']')
  }

  // Lists of maps or lists share lines for their brackets, unless a comment needs a line of its own.
  #cuddles(item: T): boolean {
    const { head, line, foot } = this.#lens.comments(item)
    if (head !== '' || line !== '' || foot !== '') return false
    let shape = this.#lens.shape(item)
    while (shape.kind === 'alias') shape = this.#lens.shape(shape.target)
    return shape.kind === 'mapping' || shape.kind === 'sequence'
  }

  #mapping({ entries }: Shape<T> & { kind: 'mapping' }, level: number): void {
    if (entries.length === 0) {
      this.#put('{}')
      return
    }
    this.#put('{\n')
    for (const { key, value, comments } of entries) {
      this.#line(comments, level + 1, () => {
        this.#put(printKey(key), ': ')
        this.node(value, level + 1)
      })
    }
    this.#put(this.#indent(level), '}')
  }

  // One entry or item: head comment above, line comment after the comma, foot comment below.
  #line(comments: Comments, level: number, content: () => void): void {
    const indent = this.#indent(level)
    if (comments.head !== '') this.#put(indentComment(comments.head, indent))
    this.#put(indent)
    content()
    this.#put(',', comments.line === '' ? '' : ` ${comments.line}`, '\n')
    if (comments.foot !== '') this.#put(indentComment(comments.foot, indent))
  }

  #put(...parts: string[]): void {
    this.#parts.push(...parts)
  }

  #indent(level: number): string {
    for (let next = this.#indents.length; next <= level; next++) this.#indents.push(`${this.#indents[next - 1]}${step}`)
    return this.#indents[level] ?? ''
  }
}

function printKey(key: string): string {
  return needsQuotes(key) ? quoteOnOneLine(key) : key
}

/** Puts every line of a comment at an indent; ends with a newline. */
export function indentComment(comment: string, indent: string): string {
  return comment
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('')
}
