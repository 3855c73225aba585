import { CommandError } from '../../shell/shell-error.ts'
import type { CommandContext } from '../../shell/world.ts'
import { Regex } from '../regex/regex.ts'
import { formatValues } from './format.ts'
import { partsOf, pureFunctions, replaced } from './functions.ts'
import { LineRecord } from './record.ts'
import type { Expression, Place, Rule, Statement } from './syntax.ts'
import { compare, Input, isTrue, nothing, numberOf, textOf, type Value } from './values.ts'

/** How a statement left: by itself, or by a word that goes elsewhere. */
type Left = 'on' | 'next' | 'break' | 'continue' | 'exit'

const costOfStatement = 0.05
const longestText = 1_000_000
const between = '\x1c'

/** Runs a program over lines. */
export class AwkMachine {
  readonly #context: CommandContext
  readonly #rules: readonly Rule[]
  readonly #variables: Map<string, Value> = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['RS', '\n'],
    ['SUBSEP', between],
    ['NR', 0],
    ['FNR', 0],
  ])
  readonly #arrays: Map<string, Map<string, Value>> = new Map()
  readonly #record = new LineRecord()
  /** Ranges that have begun. */
  readonly #open: Set<Rule> = new Set()
  readonly #regexes: Map<string, Regex> = new Map()
  #exitCode: number | undefined

  constructor(context: CommandContext, rules: readonly Rule[]) {
    this.#context = context
    this.#rules = rules
    const environment = new Map(
      Object.entries(context.env).map(([name, text]): [string, Value] => [name, new Input(text)]),
    )
    this.#arrays.set('ENVIRON', environment)
  }

  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** True for a program that looks at no lines. */
  get readsNothing(): boolean {
    return this.#rules.every(({ pattern }) => pattern.kind === 'begin')
  }

  assign(name: string, value: Value): void {
    if (name === 'NF') this.#record.resize(numberOf(value), this.#text('OFS'), textOf)
    else this.#variables.set(name, value)
  }

  /** Does what is to be done before the first line, or after the last. */
  async edge(kind: 'begin' | 'end'): Promise<void> {
    if (kind === 'begin') await this.#all(this.#rules.filter(({ pattern }) => pattern.kind === 'begin'))
    else {
      await this.#all(this.#rules.filter(({ pattern }) => pattern.kind === 'end'))
    }
  }

  /** Does what is to be done with a line. Returns false when the program has ended. */
  async line(text: string): Promise<boolean> {
    for (const name of ['NR', 'FNR']) this.#variables.set(name, numberOf(this.#variable(name)) + 1)
    this.#record.set(new Input(text), this.#separator())
    await this.#all(this.#rules.filter((rule) => this.#applies(rule)))
    return this.#exitCode === undefined
  }

  async #all(rules: readonly Rule[]): Promise<void> {
    for (const rule of rules) {
      const print: Statement = { kind: 'print', args: [], isFormatted: false }
      const left = await this.#run(rule.action ?? print)
      if (left !== 'on') return
    }
  }

  #applies(rule: Rule): boolean {
    const { pattern } = rule
    if (pattern.kind === 'always') return true
    if (pattern.kind === 'when') return isTrue(this.#value(pattern.test))
    if (pattern.kind !== 'range') return false
    if (!this.#open.has(rule)) {
      if (!isTrue(this.#value(pattern.from))) return false
      this.#open.add(rule)
    }
    if (isTrue(this.#value(pattern.to))) this.#open.delete(rule)
    return true
  }

  async #run(statement: Statement): Promise<Left> {
    await this.#context.task.step(costOfStatement)
    switch (statement.kind) {
      case 'print':
        await this.#context.stdout.write(this.#printed(statement))
        return 'on'
      case 'expression':
        this.#value(statement.of)
        return 'on'
      case 'block':
        for (const each of statement.body) {
          const left = await this.#run(each)
          if (left !== 'on') return left
        }
        return 'on'
      case 'if': {
        const chosen = isTrue(this.#value(statement.test)) ? statement.yes : statement.no
        return chosen === undefined ? 'on' : this.#run(chosen)
      }
      case 'while':
        return this.#loop(() => isTrue(this.#value(statement.test)), statement.body, undefined, statement.isLate)
      case 'for': {
        const { start, test, next, body } = statement
        if (start) await this.#run(start)
        return this.#loop(() => test === undefined || isTrue(this.#value(test)), body, next, false)
      }
      case 'each':
        return this.#each(statement)
      case 'delete':
        if (statement.keys === undefined) this.#array(statement.array).clear()
        else this.#array(statement.array).delete(this.#key(statement.keys))
        return 'on'
      case 'leave':
        return statement.how
      case 'exit':
        this.#exitCode = statement.code ? numberOf(this.#value(statement.code)) & 255 : (this.#exitCode ?? 0)
        return 'exit'
    }
  }

  async #loop(goesOn: () => boolean, body: Statement, next: Statement | undefined, isLate: boolean): Promise<Left> {
    for (let isFirst = true; (isFirst && isLate) || goesOn(); isFirst = false) {
      const left = await this.#run(body)
      if (left === 'break') break
      if (left === 'next' || left === 'exit') return left
      if (next) await this.#run(next)
    }
    return 'on'
  }

  async #each({ variable, array, body }: Statement & { readonly kind: 'each' }): Promise<Left> {
    for (const key of [...this.#array(array).keys()]) {
      this.assign(variable, new Input(key))
      const left = await this.#run(body)
      if (left === 'break') break
      if (left === 'next' || left === 'exit') return left
    }
    return 'on'
  }

  #printed({ args, isFormatted }: Statement & { readonly kind: 'print' }): string {
    const values = args.map((argument) => this.#value(argument))
    if (isFormatted) return formatValues(textOf(values[0] ?? ''), values.slice(1))
    const texts = args.length === 0 ? [textOf(this.#record.get(0))] : values.map(textOf)
    return texts.join(this.#text('OFS')) + this.#text('ORS')
  }

  #value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value
      case 'regex':
        return this.#matches(textOf(this.#record.get(0)), expression.regex) ? 1 : 0
      case 'variable':
        return this.#variable(expression.name)
      case 'field':
        return this.#record.get(this.#index(expression.index))
      case 'element':
        return this.#element(expression.array, this.#key(expression.keys))
      case 'group':
        return this.#value(expression.of)
      case 'unary': {
        const of = this.#value(expression.of)
        if (expression.operator === '!') return isTrue(of) ? 0 : 1
        return expression.operator === '-' ? -numberOf(of) : numberOf(of)
      }
      case 'binary':
        return this.#binary(expression)
      case 'match': {
        const matches = this.#matches(textOf(this.#value(expression.left)), this.#regexOf(expression.right))
        return matches !== expression.isNegated ? 1 : 0
      }
      case 'in':
        if (expression.array === '') throw new CommandError('an array is expected behind a list', 2)
        return this.#array(expression.array).has(this.#key(expression.keys)) ? 1 : 0
      case 'choice':
        return this.#value(isTrue(this.#value(expression.test)) ? expression.yes : expression.no)
      case 'assign':
        return this.#assign(expression)
      case 'step': {
        const before = numberOf(this.#value(expression.of))
        this.#put(expression.of, before + expression.by)
        return expression.isBefore ? before + expression.by : before
      }
      case 'call':
        return this.#call(expression)
    }
  }

  #binary({ operator, left, right }: Expression & { readonly kind: 'binary' }): Value {
    const first = this.#value(left)
    if (operator === '&&') return isTrue(first) && isTrue(this.#value(right)) ? 1 : 0
    if (operator === '||') return isTrue(first) || isTrue(this.#value(right)) ? 1 : 0
    const second = this.#value(right)
    if (operator === '') return this.#held(textOf(first) + textOf(second))
    const order = () => compare(first, second)
    switch (operator) {
      case '<':
        return order() < 0 ? 1 : 0
      case '<=':
        return order() <= 0 ? 1 : 0
      case '==':
        return order() === 0 ? 1 : 0
      case '!=':
        return order() !== 0 ? 1 : 0
      case '>':
        return order() > 0 ? 1 : 0
      case '>=':
        return order() >= 0 ? 1 : 0
      default:
        return calculated(operator, numberOf(first), numberOf(second))
    }
  }

  #assign({ operator, to, value }: Expression & { readonly kind: 'assign' }): Value {
    const second = this.#value(value)
    const sign = operator.slice(0, -1)
    const result = sign === '' ? second : calculated(sign, numberOf(this.#value(to)), numberOf(second))
    this.#put(to, result)
    return result
  }

  #put(place: Place, value: Value): void {
    if (place.kind === 'variable') this.assign(place.name, value)
    else if (place.kind === 'element') this.#array(place.array).set(this.#key(place.keys), value)
    else {
      const index = this.#index(place.index)
      if (index === 0) this.#record.set(value, this.#separator())
      else this.#record.put(index, value, this.#text('OFS'), textOf)
    }
  }

  #call({ name, args }: Expression & { readonly kind: 'call' }): Value {
    const pure = Object.hasOwn(pureFunctions, name) ? pureFunctions[name] : undefined
    if (pure !== undefined) return pure(...args.map((argument) => this.#value(argument)))
    const [first, second, third] = args
    switch (name) {
      case 'length': {
        if (first?.kind === 'variable' && this.#arrays.has(first.name)) return this.#array(first.name).size
        return [...textOf(first ? this.#value(first) : this.#record.get(0))].length
      }
      case 'split':
        return this.#split(first, second, third)
      case 'match': {
        const found = this.#regexOf(second).match([...textOf(this.#needed(first))])
        const [start = -1, end = -2] = found ?? []
        this.assign('RSTART', start + 1)
        this.assign('RLENGTH', found ? end - start : -1)
        return start + 1
      }
      default: {
        const target: Expression = third ?? { kind: 'field', index: { kind: 'number', value: 0 } }
        const regex = this.#regexOf(first)
        const { text, count } = replaced(
          textOf(this.#value(target)),
          regex,
          textOf(this.#needed(second)),
          name === 'gsub',
        )
        const isPlace = target.kind === 'variable' || target.kind === 'field' || target.kind === 'element'
        if (count > 0 && isPlace) this.#put(target, this.#held(text))
        return count
      }
    }
  }

  #split(text: Expression | undefined, array: Expression | undefined, by: Expression | undefined): Value {
    if (array?.kind !== 'variable') throw new CommandError('split: an array is expected', 2)
    const separator =
      by === undefined ? this.#separator() : by.kind === 'regex' ? by.regex : this.#separatorOf(this.#value(by))
    const parts = partsOf(textOf(this.#needed(text)), separator)
    const own = this.#array(array.name)
    own.clear()
    parts.forEach((part, index) => void own.set(String(index + 1), new Input(part)))
    return parts.length
  }

  #needed(expression: Expression | undefined): Value {
    if (expression === undefined) throw new CommandError('too few arguments', 2)
    return this.#value(expression)
  }

  #variable(name: string): Value {
    return name === 'NF' ? this.#record.count : (this.#variables.get(name) ?? nothing)
  }

  #text(name: string): string {
    return textOf(this.#variable(name))
  }

  #element(name: string, key: string): Value {
    const array = this.#array(name)
    const found = array.get(key)
    if (found === undefined) array.set(key, nothing)
    return found ?? nothing
  }

  #array(name: string): Map<string, Value> {
    const found = this.#arrays.get(name) ?? new Map<string, Value>()
    this.#arrays.set(name, found)
    return found
  }

  #key(keys: readonly Expression[]): string {
    return keys.map((key) => textOf(this.#value(key))).join(this.#text('SUBSEP'))
  }

  #index(expression: Expression): number {
    const index = Math.trunc(numberOf(this.#value(expression)))
    if (index < 0) throw new CommandError(`attempt to access field ${index}`, 2)
    return index
  }

  #regexOf(expression: Expression | undefined): Regex {
    if (expression?.kind === 'regex') return expression.regex
    return this.#compiled(textOf(this.#needed(expression)))
  }

  #compiled(pattern: string): Regex {
    const known = this.#regexes.get(pattern)
    if (known) return known
    const regex = new Regex(pattern, { extended: true })
    this.#regexes.set(pattern, regex)
    return regex
  }

  #separator(): string | Regex {
    return this.#separatorOf(this.#variable('FS'))
  }

  #separatorOf(value: Value): string | Regex {
    const text = textOf(value)
    return text.length <= 1 ? text : this.#compiled(text)
  }

  #matches(text: string, regex: Regex): boolean {
    return regex.match([...text]) !== undefined
  }

  #held(text: string): string {
    if (text.length > longestText) throw new CommandError('out of memory', 2)
    return text
  }
}

function calculated(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
    case '%':
      if (right === 0) throw new CommandError('division by zero', 2)
      return operator === '/' ? left / right : left % right
    default:
      return left ** right
  }
}
