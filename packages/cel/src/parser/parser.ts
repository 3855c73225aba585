import type { CallExpr, Expr, MapEntry, StructField } from '../ast/expr.ts'
import { type Issue, Source } from '../ast/source.ts'
import { CelUint, type Value } from '../values/value.ts'
import { endOfInput, Lexer, type Token } from './lexer.ts'
import { MacroError, MacroHelper, type MacroTable } from './macros.ts'
import { expectation, expressionStarts, follows } from './syntax-errors.ts'
import { unquote, unquoteBytes } from './unescape.ts'

const maxPoints = 100_000
const maxDepth = 250
const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
)
const relations = new Set(["'<'", "'<='", "'>='", "'>'", "'=='", "'!='", "'in'"])
const operators: Readonly<Record<string, string>> = { in: '@in' }

/** A parsed expression, or what is wrong with it. */
export type Parsed = { readonly expr: Expr; readonly source: Source } | { readonly issues: string }

class TooDeep extends Error {}

/** Parses an expression with these macros. Never throws for bad input. */
export function parse(text: string, macros: MacroTable): Parsed {
  const source = new Source(text)
  const count = source.points.length
  if (count > maxPoints)
    return {
      issues: source.print([
        { offset: -1, message: `expression code point size exceeds limit: size: ${count}, limit ${maxPoints}` },
      ]),
    }
  const lexer = new Lexer(source)
  const parser = new Parser(lexer.tokens, macros)
  try {
    const expr = parser.start()
    const issues = [...lexer.issues, ...parser.issues]
    return issues.length > 0 ? { issues: source.print(issues) } : { expr, source }
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
    return { issues: source.print([{ offset: -1, message: `expression recursion limit exceeded: ${maxDepth}` }]) }
  }
}

type Rule = 'expr' | 'relation' | 'calc' | 'member' | 'unary'

class Parser {
  readonly issues: Issue[] = []
  readonly #tokens: readonly Token[]
  readonly #macros: MacroTable
  readonly #depth: Record<Rule, number> = { expr: 0, relation: 0, calc: 0, member: 0, unary: 0 }
  readonly #closers: (readonly string[])[] = []
  #recovering = false
  #at = 0
  #ids = 0

  constructor(tokens: readonly Token[], macros: MacroTable) {
    this.#tokens = tokens
    this.#macros = macros
  }

  start(): Expr {
    const expr = this.#expr()
    this.#expect(endOfInput)
    return expr
  }

  /** Notes an issue of the syntax; after one, no others until something fits again. */
  #syntax(message: string): void {
    const { offset } = this.#token
    const place = offset === 0 && this.#token.type === endOfInput ? -1 : offset
    if (!this.#recovering) this.#issue(place, `Syntax error: ${message}`)
    this.#recovering = true
  }

  /** Skips what can follow nothing that is open. */
  #recover(besides: readonly string[] = []): void {
    const ends = ({ type }: Token): boolean =>
      type === endOfInput || (follows.has(type) && !besides.includes(type)) || this.#isCloser()
    while (!ends(this.#token)) this.#at++
  }

  #isCloser(): boolean {
    return this.#closers.some((closers) => closers.includes(this.#token.type))
  }

  /** Whether the token may stand behind a closed bracket here. */
  #mayFollow(): boolean {
    const { type } = this.#token
    return follows.has(type) || (this.#closers.at(-1) ?? [endOfInput]).includes(type)
  }

  /** Runs `parse` where `closers` may follow. */
  #within<T>(closers: readonly string[], parse: () => T): T {
    this.#closers.push(closers)
    const result = parse()
    this.#closers.pop()
    return result
  }

  /** Deals with a token that is none of `expected`: true when it was dropped and another fits. */
  #unexpected(expected: readonly string[]): boolean {
    const shown = expectation(expected)
    const next = this.#tokens[this.#at + 1]
    if (next && this.#token.type !== endOfInput && expected.includes(next.type)) {
      this.#syntax(`extraneous input '${this.#token.text}' expecting ${shown}`)
      this.#at++
      this.#recovering = false
      return true
    }
    this.#syntax(`mismatched input '${this.#token.text}' expecting ${shown}`)
    this.#recover()
    return false
  }

  /** What stands for an expression that is missing. */
  #nothing(): Expr {
    return { kind: 'literal', id: this.#id(), offset: this.#token.offset, value: null }
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #is(text: string): boolean {
    return this.#token.type === `'${text}'`
  }

  #take(text: string): Token | undefined {
    if (!this.#is(text)) return undefined
    this.#recovering = false
    return this.#tokens[this.#at++]
  }

  /** Takes a token of this type; undefined when there is none and nothing could be done about it. */
  #expect(type: string): Token | undefined {
    const token = this.#token
    if (token.type === type) {
      this.#recovering = false
      if (type !== endOfInput) this.#at++
      return token
    }
    const next = this.#tokens[this.#at + 1]
    if (next?.type !== type && type !== endOfInput) {
      const fits = type === "':'" ? expressionStarts.has(token.type) : this.#mayFollow()
      if (fits) {
        this.#syntax(`missing ${type} at '${token.text}'`)
        return { type, text: type.slice(1, -1), offset: token.offset }
      }
    }
    if (!this.#unexpected([type])) return undefined
    const found = this.#token
    if (type !== endOfInput) this.#at++
    return found
  }

  #id(): number {
    return ++this.#ids
  }

  #enter(rule: Rule, by = 1): void {
    this.#depth[rule] += by
    if (this.#depth[rule] > maxDepth) throw new TooDeep()
  }

  #expr(): Expr {
    this.#enter('expr')
    let result = this.#or()
    const op = this.#take('?')
    if (op) {
      const id = this.#id()
      const yes = this.#within(["':'"], () => this.#or())
      const no = this.#expect("':'") ? this.#expr() : this.#nothing()
      result = this.#call(id, op.offset, '_?_:_', [result, yes, no])
    }
    this.#depth.expr--
    return result
  }

  #or(): Expr {
    return this.#logic('||', '_||_', () => this.#logic('&&', '_&&_', () => this.#relation()))
  }

  #logic(op: string, name: string, operand: () => Expr): Expr {
    const terms = [operand()]
    const ops: { readonly id: number; readonly offset: number }[] = []
    for (let token = this.#take(op); token; token = this.#take(op)) {
      terms.push(operand())
      ops.push({ id: this.#id(), offset: token.offset })
    }
    const tree = (low: number, high: number): Expr => {
      const middle = (low + high + 1) >> 1
      const left = middle === low ? (terms[middle] as Expr) : tree(low, middle - 1)
      const right = middle === high ? (terms[middle + 1] as Expr) : tree(middle + 1, high)
      const { id, offset } = ops[middle] as { id: number; offset: number }
      return { kind: 'call', id, offset, function: name, args: [left, right] }
    }
    return ops.length === 0 ? (terms[0] as Expr) : tree(0, ops.length - 1)
  }

  #relation(): Expr {
    this.#enter('relation')
    let left = this.#sum()
    let pushed = 0
    while (relations.has(this.#token.type)) {
      const op = this.#token
      this.#recovering = false
      this.#at++
      this.#enter('relation')
      pushed++
      const id = this.#id()
      const right = this.#relationOperand()
      left = this.#call(id, op.offset, operators[op.text] ?? `_${op.text}_`, [left, right])
    }
    this.#depth.relation -= 1 + pushed
    return left
  }

  #relationOperand(): Expr {
    this.#enter('relation')
    const operand = this.#sum()
    this.#depth.relation--
    return operand
  }

  #sum(): Expr {
    this.#enter('calc')
    const result = this.#binary(['+', '-'], () => this.#product())
    this.#depth.calc--
    return result
  }

  #product(): Expr {
    this.#enter('calc')
    const result = this.#binary(['*', '/', '%'], () => this.#unary())
    this.#depth.calc--
    return result
  }

  #binary(ops: readonly string[], operand: () => Expr): Expr {
    let left = operand()
    let pushed = 0
    while (ops.some((op) => this.#is(op))) {
      const op = this.#token
      this.#recovering = false
      this.#at++
      this.#enter('calc')
      pushed++
      const id = this.#id()
      left = this.#call(id, op.offset, `_${op.text}_`, [left, operand()])
    }
    this.#depth.calc -= pushed
    return left
  }

  #unary(): Expr {
    const first = this.#token
    if (!this.#is('!') && !this.#is('-')) return this.#member()
    const next = this.#tokens[this.#at + 1]
    if (this.#is('-') && (next?.type === 'NUM_INT' || next?.type === 'NUM_FLOAT')) return this.#member()
    let count = 0
    for (; this.#token.type === first.type; count++) this.#at++
    this.#recovering = false
    if (!expressionStarts.has(this.#token.type)) return this.#noOperand(first.text)
    if (count % 2 === 0) return this.#member()
    const id = this.#id()
    return this.#call(id, first.offset, first.text === '!' ? '!_' : '-_', [this.#member()])
  }

  /** Nothing follows a sign. */
  #noOperand(sign: string): Expr {
    const { type, text } = this.#token
    if (sign === '!') {
      this.#syntax(`extraneous input '${text}' expecting ${expectation([...expressionStarts])}`)
      if (type !== endOfInput) this.#at++
      return this.#nothing()
    }
    this.#syntax(`no viable alternative at input '-${type === endOfInput ? '' : text}'`)
    this.#recovering = false
    this.#unexpected([...expressionStarts])
    return this.#nothing()
  }

  #member(): Expr {
    this.#enter('member')
    let operand = this.#primary()
    let pushed = 0
    for (;;) {
      const dot = this.#take('.')
      if (dot) {
        this.#enter('member')
        pushed++
        operand = this.#selection(operand, dot)
        continue
      }
      const bracket = this.#take('[')
      if (!bracket) break
      this.#enter('member')
      pushed++
      const optional = this.#take('?') !== undefined
      const id = this.#id()
      if (!optional && !expressionStarts.has(this.#token.type) && !this.#unexpected([...expressionStarts, "'?'"]))
        return this.#nothing()
      const index = this.#within(["']'"], () => this.#expr())
      this.#expect("']'")
      operand = this.#call(id, bracket.offset, optional ? '_[?_]' : '_[_]', [operand, index])
    }
    this.#depth.member -= 1 + pushed
    return operand
  }

  #selection(operand: Expr, dot: Token): Expr {
    const optional = this.#take('?') !== undefined
    const name = this.#token
    if (name.type === 'ESC_IDENTIFIER') {
      this.#at++
      this.#issue(name.offset, "unsupported syntax: '`'")
    } else if (name.type === 'IDENTIFIER') {
      this.#at++
      this.#recovering = false
    } else if (optional) {
      this.#unexpected(['IDENTIFIER', 'ESC_IDENTIFIER'])
      this.#issue(this.#token.offset, 'unsupported ident kind')
      return operand
    } else {
      this.#syntax(`no viable alternative at input '.${name.type === endOfInput ? '' : name.text}'`)
      this.#recover(["'.'", "'['"])
      return operand
    }
    if (!optional && name.type === 'IDENTIFIER' && this.#is('(')) {
      const { offset } = this.#token
      this.#at++
      const id = this.#id()
      const args = this.#arguments()
      return this.#receiverCall(id, offset, name.text, operand, args)
    }
    if (!optional)
      return { kind: 'select', id: this.#id(), offset: dot.offset, operand, field: name.text, testOnly: false }
    const id = this.#id()
    const field: Expr = { kind: 'literal', id: this.#id(), offset: name.offset, value: name.text }
    return { kind: 'call', id, offset: dot.offset, function: '_?._', args: [operand, field] }
  }

  #arguments(): Expr[] {
    const args: Expr[] = []
    if (this.#take(')')) return args
    if (!expressionStarts.has(this.#token.type)) {
      if (!this.#unexpected([...expressionStarts, "')'"])) return args
      if (this.#take(')')) return args
    }
    this.#within(["')'", "','"], () => {
      do args.push(this.#expr())
      while (this.#take(','))
    })
    this.#expect("')'")
    return args
  }

  #primary(): Expr {
    const token = this.#token
    if (token.type === "'('") {
      this.#at++
      this.#recovering = false
      const inner = this.#within(["')'"], () => this.#expr())
      this.#expect("')'")
      return inner
    }
    if (token.type === "'['") return this.#list()
    if (token.type === "'{'") return this.#map()
    if (token.type === 'IDENTIFIER' || token.type === "'.'") return this.#name()
    if (expressionStarts.has(token.type)) return this.#literal()
    return this.#unexpected([...expressionStarts]) ? this.#primary() : this.#nothing()
  }

  /** The items between brackets, separated by commas of which one may stand at the end. */
  #items(close: string, starts: readonly string[], item: () => boolean): void {
    this.#recovering = false
    this.#at++
    if (!this.#take(',') && this.#token.type !== close) {
      if (!starts.includes(this.#token.type) && !this.#unexpected([...starts, close, "','"])) return
      if (this.#token.type !== close)
        this.#within([close, "','"], () => {
          while (item()) {
            if (this.#token.type === close) return
            if (!this.#is(',') && !this.#unexpected([close, "','"])) return
            if (!this.#take(',') || !starts.includes(this.#token.type)) return
          }
        })
    }
    this.#expect(close)
  }

  #list(): Expr {
    const { offset } = this.#token
    const id = this.#id()
    const elements: Expr[] = []
    const optional = new Set<number>()
    this.#items("']'", [...expressionStarts, "'?'"], () => {
      if (this.#take('?')) optional.add(elements.length)
      elements.push(this.#expr())
      return true
    })
    return { kind: 'list', id, offset, elements, optional }
  }

  #map(): Expr {
    const { offset } = this.#token
    const id = this.#id()
    const entries: MapEntry[] = []
    this.#items("'}'", [...expressionStarts, "'?'"], () => {
      const entryId = this.#id()
      const isOptional = this.#take('?') !== undefined
      const key = this.#within(["':'"], () => this.#expr())
      const colon = this.#expect("':'")
      if (!colon) return false
      entries.push({ id: entryId, offset: colon.offset, key, value: this.#expr(), optional: isOptional })
      return true
    })
    return { kind: 'map', id, offset, entries }
  }

  #name(): Expr {
    const leading = this.#take('.')
    const name = this.#expect('IDENTIFIER')
    if (!name) return this.#nothing()
    const struct = this.#structAhead()
    if (struct !== undefined) {
      let typeName = (leading ? '.' : '') + name.text
      while (this.#at < struct) {
        this.#expect("'.'")
        typeName += `.${this.#expect('IDENTIFIER')?.text ?? ''}`
      }
      return this.#struct(typeName)
    }
    if (reserved.has(name.text)) {
      this.#issue((leading ?? name).offset, `reserved identifier: ${name.text}`)
      if (this.#take('(')) this.#arguments()
      return { kind: 'literal', id: this.#id(), offset: name.offset, value: null }
    }
    const text = (leading ? '.' : '') + name.text
    const open = this.#take('(')
    if (!open) return { kind: 'ident', id: this.#id(), offset: name.offset, name: text }
    const id = this.#id()
    return this.#call(id, open.offset, text, this.#arguments())
  }

  /** Where the `{` of a message literal is when one begins with the name just read. */
  #structAhead(): number | undefined {
    let at = this.#at
    while (this.#tokens[at]?.type === "'.'" && this.#tokens[at + 1]?.type === 'IDENTIFIER') at += 2
    return this.#tokens[at]?.type === "'{'" ? at : undefined
  }

  #struct(typeName: string): Expr {
    const { offset } = this.#token
    const id = this.#id()
    const fields: StructField[] = []
    this.#items("'}'", ["'?'", 'IDENTIFIER', 'ESC_IDENTIFIER'], () => {
      const fieldId = this.#id()
      const isOptional = this.#take('?') !== undefined
      const name = this.#token
      if (name.type === 'ESC_IDENTIFIER') {
        this.#at++
        this.#issue(name.offset, "unsupported syntax: '`'")
      } else if (!this.#expect('IDENTIFIER')) return false
      const colon = this.#expect("':'")
      if (!colon) return false
      fields.push({ id: fieldId, offset: colon.offset, name: name.text, value: this.#expr(), optional: isOptional })
      return true
    })
    return { kind: 'struct', id, offset, typeName, fields }
  }

  #literal(): Expr {
    const sign = this.#take('-')
    const token = this.#token
    const offset = (sign ?? token).offset
    const make = (value: Value): Expr => {
      this.#recovering = false
      this.#at++
      return { kind: 'literal', id: this.#id(), offset, value }
    }
    const wrong = (message: string): Expr => {
      this.#issue(offset, message)
      return make(null)
    }
    switch (token.type) {
      case 'NUM_INT': {
        const size = BigInt(token.text)
        const value = sign ? -size : size
        return value > 2n ** 63n - 1n || value < -(2n ** 63n) ? wrong('invalid int literal') : make(value)
      }
      case 'NUM_FLOAT': {
        const value = Number((sign ? '-' : '') + token.text)
        return Number.isFinite(value) ? make(value) : wrong('invalid double literal')
      }
    }
    switch (token.type) {
      case 'NUM_UINT': {
        const value = BigInt(token.text.slice(0, -1))
        return value >= 2n ** 64n ? wrong('invalid uint literal') : make(new CelUint(value))
      }
      case 'STRING':
      case 'BYTES':
        try {
          return make(token.type === 'STRING' ? unquote(token.text) : unquoteBytes(token.text.slice(1)))
        } catch (error) {
          return wrong(error instanceof Error ? error.message : '')
        }
      case "'true'":
        return make(true)
      case "'false'":
        return make(false)
      case "'null'":
        return make(null)
      default:
        this.#unexpected([...expressionStarts])
        return this.#nothing()
    }
  }

  #issue(offset: number, message: string): void {
    this.issues.push({ offset, message })
  }

  #call(id: number, offset: number, name: string, args: readonly Expr[]): Expr {
    const call: CallExpr = { kind: 'call', id, offset, function: name, args }
    return this.#expand(call) ?? call
  }

  #receiverCall(id: number, offset: number, name: string, target: Expr, args: readonly Expr[]): Expr {
    const call: CallExpr = { kind: 'call', id, offset, function: name, target, args }
    return this.#expand(call) ?? call
  }

  #expand(call: CallExpr): Expr | undefined {
    const macro = this.#macros.get(`${call.function}:${call.args.length}:${call.target !== undefined}`)
    if (!macro) return undefined
    try {
      return macro(new MacroHelper(() => this.#id(), call.offset), call.target, call.args)
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      this.#issue(error.offset, error.message)
      return { kind: 'literal', id: call.id, offset: call.offset, value: null }
    }
  }
}
