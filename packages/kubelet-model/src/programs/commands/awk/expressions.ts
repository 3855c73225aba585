import { NotModelled } from '../../shell/shell-error.ts'
import { Regex } from '../regex/regex.ts'
import type { Cursor } from './cursor.ts'
import { functionNames } from './functions.ts'
import type { Expression, Place } from './syntax.ts'

const levels: readonly (readonly string[])[] = [
  ['+', '-'],
  ['*', '/', '%'],
]
const comparisons: ReadonlySet<string> = new Set(['<', '<=', '==', '!=', '>', '>='])
const assignments: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='])

const reserved: ReadonlySet<string> = new Set([
  'BEGIN',
  'END',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'print',
  'printf',
  'delete',
  'next',
  'exit',
  'break',
  'continue',
  'function',
  'func',
  'return',
])

/** Reads what has a value. */
export class ExpressionParser {
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  list(): readonly Expression[] {
    const list = [this.expression()]
    while (this.#cursor.takes(',')) {
      this.#cursor.newlines()
      list.push(this.expression())
    }
    return list
  }

  keys(): readonly Expression[] {
    const keys = this.list()
    this.#cursor.expect(']')
    return keys
  }

  expression(): Expression {
    return this.#cursor.deeper(() => {
      const left = this.#choice()
      const operator = this.#cursor.next.text
      if (this.#cursor.next.kind !== 'operator' || !assignments.has(operator)) return left
      if (left.kind !== 'variable' && left.kind !== 'field' && left.kind !== 'element') throw this.#cursor.wrong()
      this.#cursor.at++
      this.#cursor.newlines()
      return { kind: 'assign', operator, to: left, value: this.expression() }
    })
  }

  #choice(): Expression {
    const test = this.#or()
    if (!this.#cursor.takes('?')) return test
    this.#cursor.newlines()
    const yes = this.expression()
    this.#cursor.newlines()
    this.#cursor.expect(':')
    this.#cursor.newlines()
    return { kind: 'choice', test, yes, no: this.expression() }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#cursor.takes('||')) {
      this.#cursor.newlines()
      left = { kind: 'binary', operator: '||', left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#membership()
    while (this.#cursor.takes('&&')) {
      this.#cursor.newlines()
      left = { kind: 'binary', operator: '&&', left, right: this.#membership() }
    }
    return left
  }

  #membership(): Expression {
    let left = this.#matching()
    while (this.#cursor.takesWord('in')) {
      const keys = left.kind === 'in' && left.array === '' ? left.keys : [left]
      left = { kind: 'in', keys, array: this.name() }
    }
    return left
  }

  #matching(): Expression {
    let left = this.#comparison()
    for (;;) {
      const isNegated = this.#cursor.is('!~')
      if (!isNegated && !this.#cursor.is('~')) return left
      this.#cursor.at++
      left = { kind: 'match', isNegated, left, right: this.#comparison() }
    }
  }

  #comparison(): Expression {
    const left = this.#joined()
    const { kind, text } = this.#cursor.next
    if (kind !== 'operator' || !comparisons.has(text) || (text === '>' && this.#cursor.inPrint)) return left
    this.#cursor.at++
    return { kind: 'binary', operator: text, left, right: this.#joined() }
  }

  /** Values side by side are one text. */
  #joined(): Expression {
    let left = this.#sum(0)
    while (this.#beginsValue()) left = { kind: 'binary', operator: '', left, right: this.#sum(0) }
    return left
  }

  #beginsValue(): boolean {
    const { kind, text } = this.#cursor.next
    if (kind === 'operator') return ['$', '!', '(', '-', '+', '++', '--'].includes(text)
    return kind !== 'newline' && kind !== 'end' && kind !== 'regex' && text !== 'in'
  }

  #sum(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    let left = this.#sum(level + 1)
    while (this.#cursor.next.kind === 'operator' && operators.includes(this.#cursor.next.text)) {
      const operator = this.#cursor.next.text
      this.#cursor.at++
      left = { kind: 'binary', operator, left, right: this.#sum(level + 1) }
    }
    return left
  }

  #unary(): Expression {
    return this.#cursor.deeper(() => {
      for (const operator of ['!', '-', '+'] as const) {
        if (this.#cursor.takes(operator)) return { kind: 'unary', operator, of: this.#unary() }
      }
      return this.#power()
    })
  }

  #power(): Expression {
    const left = this.#stepped()
    if (!this.#cursor.takes('^') && !this.#cursor.takes('**')) return left
    return { kind: 'binary', operator: '^', left, right: this.#unary() }
  }

  #stepped(): Expression {
    for (const [operator, by] of [
      ['++', 1],
      ['--', -1],
    ] as const) {
      if (this.#cursor.takes(operator)) return { kind: 'step', by, isBefore: true, of: this.#asPlace(this.#value()) }
    }
    const of = this.#value()
    if (of.kind !== 'variable' && of.kind !== 'field' && of.kind !== 'element') return of
    if (this.#cursor.takes('++')) return { kind: 'step', by: 1, isBefore: false, of }
    if (this.#cursor.takes('--')) return { kind: 'step', by: -1, isBefore: false, of }
    return of
  }

  #value(): Expression {
    const token = this.#cursor.next
    this.#cursor.at++
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: token.value }
      case 'string':
        return { kind: 'string', value: token.text }
      case 'regex':
        return { kind: 'regex', regex: new Regex(token.text, { extended: true }) }
      case 'call':
        return this.#call(token.text)
      case 'word':
        return this.#word(token.text)
      case 'operator':
        if (token.text === '(') return this.#grouped()
        if (token.text === '$') return { kind: 'field', index: this.#cursor.is('-') ? this.#unary() : this.#stepped() }
    }
    this.#cursor.at--
    throw this.#cursor.wrong()
  }

  #grouped(): Expression {
    const outer = this.#cursor.inPrint
    this.#cursor.inPrint = false
    const list = this.list()
    this.#cursor.inPrint = outer
    this.#cursor.expect(')')
    const [only] = list
    // Of several, an `in` has to follow, or they are what `print` takes.
    return list.length === 1 && only ? { kind: 'group', of: only } : { kind: 'in', keys: list, array: '' }
  }

  #word(name: string): Expression {
    if (name === 'getline') throw new NotModelled('getline of awk programs')
    if (name === 'length') return { kind: 'call', name, args: [] }
    if (reserved.has(name)) {
      this.#cursor.at--
      throw this.#cursor.wrong()
    }
    return this.#cursor.takes('[') ? { kind: 'element', array: name, keys: this.keys() } : { kind: 'variable', name }
  }

  #call(name: string): Expression {
    this.#cursor.expect('(')
    if (!functionNames.has(name)) throw new NotModelled(`the function ${name} of awk`)
    const args = this.#cursor.is(')') ? [] : this.list()
    this.#cursor.expect(')')
    return { kind: 'call', name, args }
  }

  #asPlace(expression: Expression): Place {
    const { kind } = expression
    if (kind === 'variable' || kind === 'field' || kind === 'element') return expression
    throw this.#cursor.wrong()
  }

  name(): string {
    const { kind, text } = this.#cursor.next
    if (kind !== 'word') throw this.#cursor.wrong()
    this.#cursor.at++
    return text
  }
}
