import { NotModelled } from '../../shell/shell-error.ts'
import { Cursor } from './cursor.ts'
import { ExpressionParser } from './expressions.ts'
import type { Expression, Pattern, Rule, Statement } from './syntax.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Reads a program. Throws a CommandError where it makes no sense, and NotModelled for functions of one's own, pipes and files. */
export function parseAwk(program: string): readonly Rule[] {
  return new Parser(tokensOf(program)).rules()
}

class Parser {
  readonly #cursor: Cursor
  readonly #expressions: ExpressionParser

  constructor(tokens: readonly Token[]) {
    this.#cursor = new Cursor(tokens)
    this.#expressions = new ExpressionParser(this.#cursor)
  }

  rules(): readonly Rule[] {
    const rules: Rule[] = []
    for (this.#cursor.skip(); this.#cursor.next.kind !== 'end'; this.#cursor.skip()) rules.push(this.#rule())
    return rules
  }

  #rule(): Rule {
    if (this.#cursor.isWord('function') || this.#cursor.isWord('func'))
      throw new NotModelled('functions of awk programs')
    const pattern = this.#pattern()
    const action = this.#cursor.is('{') ? this.#block() : undefined
    if (action === undefined && (pattern.kind === 'begin' || pattern.kind === 'end')) throw this.#cursor.wrong()
    return { pattern, action }
  }

  #pattern(): Pattern {
    if (this.#cursor.is('{')) return { kind: 'always' }
    if (this.#cursor.takesWord('BEGIN')) return { kind: 'begin' }
    if (this.#cursor.takesWord('END')) return { kind: 'end' }
    const test = this.#expressions.expression()
    if (!this.#cursor.takes(',')) return { kind: 'when', test }
    this.#cursor.newlines()
    return { kind: 'range', from: test, to: this.#expressions.expression() }
  }

  #block(): Statement {
    this.#cursor.expect('{')
    const body: Statement[] = []
    for (this.#cursor.skip(); !this.#cursor.takes('}'); this.#cursor.skip()) body.push(this.#statement())
    return { kind: 'block', body }
  }

  #statement(): Statement {
    return this.#cursor.deeper(() => {
      if (this.#cursor.is('{')) return this.#block()
      if (this.#cursor.takes(';')) return { kind: 'block', body: [] }
      const { kind, text } = this.#cursor.next
      if (kind === 'word' || kind === 'call') {
        const special = this.#control(text)
        if (special !== undefined) return special
      }
      return this.#ended(this.#simple())
    })
  }

  /** What ends with a line, a semicolon or a brace. */
  #ended(statement: Statement): Statement {
    if (this.#cursor.is('|') || this.#cursor.is('>') || this.#cursor.is('>>'))
      throw new NotModelled('files and pipes of awk programs')
    if (
      !this.#cursor.is('}') &&
      !this.#cursor.takes(';') &&
      this.#cursor.next.kind !== 'newline' &&
      this.#cursor.next.kind !== 'end'
    )
      throw this.#cursor.wrong()
    return statement
  }

  #control(word: string): Statement | undefined {
    switch (word) {
      case 'if':
        this.#cursor.at++
        return this.#if()
      case 'while': {
        this.#cursor.at++
        const test = this.#test()
        return { kind: 'while', test, body: this.#body(), isLate: false }
      }
      case 'do': {
        this.#cursor.at++
        const body = this.#body()
        this.#cursor.skip()
        if (!this.#cursor.takesWord('while')) throw this.#cursor.wrong()
        return this.#ended({ kind: 'while', test: this.#test(), body, isLate: true })
      }
      case 'for':
        this.#cursor.at++
        return this.#for()
      case 'next':
      case 'break':
      case 'continue':
        this.#cursor.at++
        return this.#ended({ kind: 'leave', how: word })
      case 'exit':
        this.#cursor.at++
        return this.#ended({ kind: 'exit', code: this.#cursor.endsHere() ? undefined : this.#expressions.expression() })
      case 'getline':
      case 'return':
      case 'nextfile':
        throw new NotModelled(`${word} of awk programs`)
      default:
        return undefined
    }
  }

  #if(): Statement {
    const test = this.#test()
    const yes = this.#body()
    const before = this.#cursor.at
    this.#cursor.skip()
    if (this.#cursor.takesWord('else')) return { kind: 'if', test, yes, no: this.#body() }
    this.#cursor.at = before
    return { kind: 'if', test, yes, no: undefined }
  }

  #for(): Statement {
    this.#cursor.expect('(')
    const [name, word, array, close] = this.#cursor.tokens.slice(this.#cursor.at, this.#cursor.at + 4)
    if (name?.kind === 'word' && word?.text === 'in' && array?.kind === 'word' && close?.text === ')') {
      this.#cursor.at += 4
      return { kind: 'each', variable: name.text, array: array.text, body: this.#body() }
    }
    const start = this.#cursor.is(';') ? undefined : this.#simple()
    this.#cursor.expect(';')
    this.#cursor.newlines()
    const test = this.#cursor.is(';') ? undefined : this.#expressions.expression()
    this.#cursor.expect(';')
    this.#cursor.newlines()
    const next = this.#cursor.is(')') ? undefined : this.#simple()
    this.#cursor.expect(')')
    return { kind: 'for', start, test, next, body: this.#body() }
  }

  #body(): Statement {
    this.#cursor.newlines()
    return this.#statement()
  }

  #test(): Expression {
    this.#cursor.expect('(')
    const test = this.#expressions.expression()
    this.#cursor.expect(')')
    return test
  }

  #simple(): Statement {
    const { kind, text } = this.#cursor.next
    if ((kind === 'word' || kind === 'call') && (text === 'print' || text === 'printf')) {
      this.#cursor.at++
      return this.#print(text === 'printf')
    }
    if (kind === 'word' && text === 'delete') {
      this.#cursor.at++
      const array = this.#expressions.name()
      return { kind: 'delete', array, keys: this.#cursor.takes('[') ? this.#expressions.keys() : undefined }
    }
    return { kind: 'expression', of: this.#expressions.expression() }
  }

  #print(isFormatted: boolean): Statement {
    const outer = this.#cursor.inPrint
    this.#cursor.inPrint = true
    try {
      const args = this.#cursor.endsHere() ? [] : this.#expressions.list()
      const [only] = args
      // What is in parentheses may be all arguments.
      const all = args.length === 1 && only?.kind === 'in' && only.array === '' ? only.keys : args
      if (isFormatted && all.length === 0) throw this.#cursor.wrong()
      return { kind: 'print', args: all, isFormatted }
    } finally {
      this.#cursor.inPrint = outer
    }
  }
}
