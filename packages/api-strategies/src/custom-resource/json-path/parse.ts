/** One step of a JSONPath. */
export type Step =
  | { readonly step: 'field'; readonly name: string }
  | { readonly step: 'wildcard' }
  | { readonly step: 'recursive' }
  | {
      readonly step: 'slice'
      readonly from: number | undefined
      readonly to: number | undefined
      readonly by: number
      readonly single: boolean
    }
  | { readonly step: 'filter'; readonly left: Operand; readonly operator: string; readonly right: Operand }
  | { readonly step: 'union'; readonly paths: readonly (readonly Step[])[] }

/** A side of a filter: a path from the item or from the object, or a value. */
export type Operand =
  | { readonly from: 'item' | 'root'; readonly steps: readonly Step[] }
  | { readonly value: string | number | boolean }

/** A text that is no JSONPath. */
export class JsonPathError extends Error {
  readonly path: string

  constructor(path: string, problem: string) {
    super(problem)
    this.name = 'JsonPathError'
    this.path = path
  }
}

/**
 * Reads the JSONPath of a printer column or selectable field: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`.
 *
 * @throws JsonPathError for what is none
 * @see staging/src/k8s.io/client-go/util/jsonpath/parser.go
 */
export function parseJsonPath(path: string): readonly Step[] {
  return new Parser(path).steps()
}

const nameEnd = /[.[\]{}\s=!<>()]/

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  steps(): readonly Step[] {
    const result: Step[] = []
    if (this.#peek() === '$' || this.#peek() === '@') this.#at++
    while (this.#at < this.#text.length) result.push(...this.#step())
    return result
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #step(): readonly Step[] {
    const next = this.#peek()
    if (next === '[') return [this.#bracket()]
    if (next !== '.') return [this.#field()]
    this.#at++
    if (this.#peek() === '.') {
      this.#at++
      return [{ step: 'recursive' }, ...(/[[\s]/.test(this.#peek()) || this.#peek() === '' ? [] : [this.#field()])]
    }
    if (this.#peek() === '' || this.#peek() === '[') return []
    return [this.#field()]
  }

  #field(): Step {
    let name = ''
    while (this.#at < this.#text.length) {
      const char = this.#peek()
      if (char === '\\') {
        name += this.#text[this.#at + 1] ?? ''
        this.#at += 2
        continue
      }
      if (nameEnd.test(char)) break
      name += char
      this.#at++
    }
    if (name === '') throw new JsonPathError(this.#text, `unrecognized character in action: ${this.#peek()}`)
    return name === '*' ? { step: 'wildcard' } : { step: 'field', name }
  }

  #bracket(): Step {
    const end = closing(this.#text, this.#at)
    if (end < 0) throw new JsonPathError(this.#text, 'unterminated array')
    const inside = this.#text.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    if (inside.startsWith('?(') && inside.endsWith(')')) return filterOf(this.#text, inside.slice(2, -1))
    const parts = splitOutside(inside, ',')
    if (parts.length > 1) return { step: 'union', paths: parts.map((part) => [indexOf(this.#text, part.trim())]) }
    return indexOf(this.#text, inside)
  }
}

function indexOf(path: string, text: string): Step {
  const [, quoted] = /^'((?:[^'\\]|\\.)*)'$/.exec(text) ?? /^"((?:[^"\\]|\\.)*)"$/.exec(text) ?? []
  if (quoted !== undefined) return { step: 'field', name: quoted.replaceAll(/\\(.)/g, '$1') }
  if (text === '*') return { step: 'wildcard' }
  const match = /^(-?\d*)(:(-?\d*))?(:(-?\d*))?$/.exec(text)
  if (match === null || text === '') throw new JsonPathError(path, `invalid array index ${text}`)
  const [, first, hasTo, to, , by] = match
  const number = (part: string | undefined) => (part === undefined || part === '' ? undefined : Number(part))
  if (hasTo === undefined) return { step: 'slice', from: number(first), to: undefined, by: 1, single: true }
  return { step: 'slice', from: number(first), to: number(to), by: number(by) ?? 1, single: false }
}

const comparison = /^([^!<>=]+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)$/

function filterOf(path: string, text: string): Step {
  const [, left = text.trim(), operator = 'exists', right = ''] = comparison.exec(text.trim()) ?? []
  return {
    step: 'filter',
    left: operandOf(path, left.trim()),
    operator,
    right: right === '' ? { value: true } : operandOf(path, right.trim()),
  }
}

function operandOf(path: string, text: string): Operand {
  if (text.startsWith('@')) return { from: 'item', steps: parseJsonPath(text.slice(1)) }
  if (text.startsWith('$')) return { from: 'root', steps: parseJsonPath(text.slice(1)) }
  if (text === 'true' || text === 'false') return { value: text === 'true' }
  const [, single] = /^'(.*)'$/.exec(text) ?? []
  if (single !== undefined) return { value: single.replaceAll(/\\(.)/g, '$1') }
  const [, double] = /^"(.*)"$/.exec(text) ?? []
  if (double !== undefined) return { value: double.replaceAll(/\\(.)/g, '$1') }
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text) }
  if (text.startsWith('.')) return { from: 'item', steps: parseJsonPath(text) }
  throw new JsonPathError(path, `unrecognized identifier ${text}`)
}

/** Where the bracket that opens at `open` is closed, brackets inside of it and texts in quotes left aside. */
function closing(text: string, open: number): number {
  let depth = 0
  let quoteMark = ''
  for (let at = open; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') at++
    else if (quoteMark !== '') quoteMark = char === quoteMark ? '' : quoteMark
    else if (char === '"' || char === "'") quoteMark = char
    else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at
  }
  return -1
}

function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let quoteMark = ''
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quoteMark !== '') quoteMark = char === quoteMark ? '' : quoteMark
    else if (char === '"' || char === "'") quoteMark = char
    else if (char === separator) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}
