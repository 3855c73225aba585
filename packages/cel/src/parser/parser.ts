import type { CallExpr, Expr, MapEntry, StructField } from '../ast/expr.ts'
import { type Issue, Source } from '../ast/source.ts'
import { CelUint, type Value } from '../values/value.ts'
import { endOfInput, Lexer, type Token } from './lexer.ts'
import { MacroError, MacroHelper, type MacroTable } from './macros.ts'
import { expectation, expressionStarts } from './syntax-errors.ts'
import { TokenReader } from './token-reader.ts'
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
  readonly #reader: TokenReader
  readonly #macros: MacroTable
  readonly #depth: Record<Rule, number> = { expr: 0, relation: 0, calc: 0, member: 0, unary: 0 }
  #ids = 0

  constructor(tokens: readonly Token[], macros: MacroTable) {
    this.#reader = new TokenReader(tokens)
    this.#macros = macros
  }

  get issues(): readonly Issue[] {
    return this.#reader.issues
  }

  start(): Expr {
    const expr = this.#expr()
    this.#reader.expect(endOfInput)
    return expr
  }

  /** What stands for an expression that is missing. */
  #nothing(): Expr {
    return { kind: 'literal', id: this.#id(), offset: this.#reader.token.offset, value: null }
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
    const op = this.#reader.take('?')
    if (op) {
      const id = this.#id()
      const yes = this.#reader.within(["':'"], () => this.#or())
      const no = this.#reader.expect("':'") ? this.#expr() : this.#nothing()
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
    for (let token = this.#reader.take(op); token; token = this.#reader.take(op)) {
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
    while (relations.has(this.#reader.token.type)) {
      const op = this.#reader.token
      this.#reader.recovering = false
      this.#reader.at++
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
    while (ops.some((op) => this.#reader.is(op))) {
      const op = this.#reader.token
      this.#reader.recovering = false
      this.#reader.at++
      this.#enter('calc')
      pushed++
      const id = this.#id()
      left = this.#call(id, op.offset, `_${op.text}_`, [left, operand()])
    }
    this.#depth.calc -= pushed
    return left
  }

  #unary(): Expr {
    const first = this.#reader.token
    if (!this.#reader.is('!') && !this.#reader.is('-')) return this.#member()
    const next = this.#reader.ahead(1)
    if (this.#reader.is('-') && (next?.type === 'NUM_INT' || next?.type === 'NUM_FLOAT')) return this.#member()
    let count = 0
    for (; this.#reader.token.type === first.type; count++) this.#reader.at++
    this.#reader.recovering = false
    if (!expressionStarts.has(this.#reader.token.type)) return this.#noOperand(first.text)
    if (count % 2 === 0) return this.#member()
    const id = this.#id()
    return this.#call(id, first.offset, first.text === '!' ? '!_' : '-_', [this.#member()])
  }

  /** Nothing follows a sign. */
  #noOperand(sign: string): Expr {
    const { type, text } = this.#reader.token
    if (sign === '!') {
      this.#reader.syntax(`extraneous input '${text}' expecting ${expectation([...expressionStarts])}`)
      if (type !== endOfInput) this.#reader.at++
      return this.#nothing()
    }
    this.#reader.syntax(`no viable alternative at input '-${type === endOfInput ? '' : text}'`)
    this.#reader.recovering = false
    this.#reader.unexpected([...expressionStarts])
    return this.#nothing()
  }

  #member(): Expr {
    this.#enter('member')
    let operand = this.#primary()
    let pushed = 0
    for (;;) {
      const dot = this.#reader.take('.')
      if (dot) {
        this.#enter('member')
        pushed++
        operand = this.#selection(operand, dot)
        continue
      }
      const bracket = this.#reader.take('[')
      if (!bracket) break
      this.#enter('member')
      pushed++
      const optional = this.#reader.take('?') !== undefined
      const id = this.#id()
      if (
        !optional &&
        !expressionStarts.has(this.#reader.token.type) &&
        !this.#reader.unexpected([...expressionStarts, "'?'"])
      )
        return this.#nothing()
      const index = this.#reader.within(["']'"], () => this.#expr())
      this.#reader.expect("']'")
      operand = this.#call(id, bracket.offset, optional ? '_[?_]' : '_[_]', [operand, index])
    }
    this.#depth.member -= 1 + pushed
    return operand
  }

  #selection(operand: Expr, dot: Token): Expr {
    const optional = this.#reader.take('?') !== undefined
    const name = this.#reader.token
    if (name.type === 'ESC_IDENTIFIER') {
      this.#reader.at++
      this.#reader.issue(name.offset, "unsupported syntax: '`'")
    } else if (name.type === 'IDENTIFIER') {
      this.#reader.at++
      this.#reader.recovering = false
    } else if (optional) {
      this.#reader.unexpected(['IDENTIFIER', 'ESC_IDENTIFIER'])
      this.#reader.issue(this.#reader.token.offset, 'unsupported ident kind')
      return operand
    } else {
      this.#reader.syntax(`no viable alternative at input '.${name.type === endOfInput ? '' : name.text}'`)
      this.#reader.recover(["'.'", "'['"])
      return operand
    }
    if (!optional && name.type === 'IDENTIFIER' && this.#reader.is('(')) {
      const { offset } = this.#reader.token
      this.#reader.at++
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
    if (this.#reader.take(')')) return args
    if (!expressionStarts.has(this.#reader.token.type)) {
      if (!this.#reader.unexpected([...expressionStarts, "')'"])) return args
      if (this.#reader.take(')')) return args
    }
    this.#reader.within(["')'", "','"], () => {
      do args.push(this.#expr())
      while (this.#reader.take(','))
    })
    this.#reader.expect("')'")
    return args
  }

  #primary(): Expr {
    const token = this.#reader.token
    if (token.type === "'('") {
      this.#reader.at++
      this.#reader.recovering = false
      const inner = this.#reader.within(["')'"], () => this.#expr())
      this.#reader.expect("')'")
      return inner
    }
    if (token.type === "'['") return this.#list()
    if (token.type === "'{'") return this.#map()
    if (token.type === 'IDENTIFIER' || token.type === "'.'") return this.#name()
    if (expressionStarts.has(token.type)) return this.#literal()
    return this.#reader.unexpected([...expressionStarts]) ? this.#primary() : this.#nothing()
  }

  /** The items between brackets, separated by commas of which one may stand at the end. */
  #items(close: string, starts: readonly string[], item: () => boolean): void {
    this.#reader.recovering = false
    this.#reader.at++
    if (!this.#reader.take(',') && this.#reader.token.type !== close) {
      if (!starts.includes(this.#reader.token.type) && !this.#reader.unexpected([...starts, close, "','"])) return
      if (this.#reader.token.type !== close)
        this.#reader.within([close, "','"], () => {
          while (item()) {
            if (this.#reader.token.type === close) return
            if (!this.#reader.is(',') && !this.#reader.unexpected([close, "','"])) return
            if (!this.#reader.take(',') || !starts.includes(this.#reader.token.type)) return
          }
        })
    }
    this.#reader.expect(close)
  }

  #list(): Expr {
    const { offset } = this.#reader.token
    const id = this.#id()
    const elements: Expr[] = []
    const optional = new Set<number>()
    this.#items("']'", [...expressionStarts, "'?'"], () => {
      if (this.#reader.take('?')) optional.add(elements.length)
      elements.push(this.#expr())
      return true
    })
    return { kind: 'list', id, offset, elements, optional }
  }

  #map(): Expr {
    const { offset } = this.#reader.token
    const id = this.#id()
    const entries: MapEntry[] = []
    this.#items("'}'", [...expressionStarts, "'?'"], () => {
      const entryId = this.#id()
      const isOptional = this.#reader.take('?') !== undefined
      const key = this.#reader.within(["':'"], () => this.#expr())
      const colon = this.#reader.expect("':'")
      if (!colon) return false
      entries.push({ id: entryId, offset: colon.offset, key, value: this.#expr(), optional: isOptional })
      return true
    })
    return { kind: 'map', id, offset, entries }
  }

  #name(): Expr {
    const leading = this.#reader.take('.')
    const name = this.#reader.expect('IDENTIFIER')
    if (!name) return this.#nothing()
    const struct = this.#structAhead()
    if (struct !== undefined) {
      let typeName = (leading ? '.' : '') + name.text
      while (this.#reader.at < struct) {
        this.#reader.expect("'.'")
        typeName += `.${this.#reader.expect('IDENTIFIER')?.text ?? ''}`
      }
      return this.#struct(typeName)
    }
    if (reserved.has(name.text)) {
      this.#reader.issue((leading ?? name).offset, `reserved identifier: ${name.text}`)
      if (this.#reader.take('(')) this.#arguments()
      return { kind: 'literal', id: this.#id(), offset: name.offset, value: null }
    }
    const text = (leading ? '.' : '') + name.text
    const open = this.#reader.take('(')
    if (!open) return { kind: 'ident', id: this.#id(), offset: name.offset, name: text }
    const id = this.#id()
    return this.#call(id, open.offset, text, this.#arguments())
  }

  /** Where the `{` of a message literal is when one begins with the name just read. */
  #structAhead(): number | undefined {
    let by = 0
    while (this.#reader.ahead(by)?.type === "'.'" && this.#reader.ahead(by + 1)?.type === 'IDENTIFIER') by += 2
    return this.#reader.ahead(by)?.type === "'{'" ? this.#reader.at + by : undefined
  }

  #struct(typeName: string): Expr {
    const { offset } = this.#reader.token
    const id = this.#id()
    const fields: StructField[] = []
    this.#items("'}'", ["'?'", 'IDENTIFIER', 'ESC_IDENTIFIER'], () => {
      const fieldId = this.#id()
      const isOptional = this.#reader.take('?') !== undefined
      const name = this.#reader.token
      if (name.type === 'ESC_IDENTIFIER') {
        this.#reader.at++
        this.#reader.issue(name.offset, "unsupported syntax: '`'")
      } else if (!this.#reader.expect('IDENTIFIER')) return false
      const colon = this.#reader.expect("':'")
      if (!colon) return false
      fields.push({ id: fieldId, offset: colon.offset, name: name.text, value: this.#expr(), optional: isOptional })
      return true
    })
    return { kind: 'struct', id, offset, typeName, fields }
  }

  #literal(): Expr {
    const sign = this.#reader.take('-')
    const token = this.#reader.token
    const offset = (sign ?? token).offset
    const make = (value: Value): Expr => {
      this.#reader.recovering = false
      this.#reader.at++
      return { kind: 'literal', id: this.#id(), offset, value }
    }
    const wrong = (message: string): Expr => {
      this.#reader.issue(offset, message)
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
        this.#reader.unexpected([...expressionStarts])
        return this.#nothing()
    }
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
      this.#reader.issue(error.offset, error.message)
      return { kind: 'literal', id: call.id, offset: call.offset, value: null }
    }
  }
}
