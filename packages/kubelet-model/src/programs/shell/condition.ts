import { holds } from '../commands/test.ts'
import { expandAsPattern, expandText } from './expand.ts'
import { matchesGlob } from './glob.ts'
import { NotModelled, ShellError } from './shell-error.ts'
import type { ShellState } from './shell-state.ts'
import type { Word } from './syntax.ts'

/** Whether `[[ … ]]` holds. */
export function isTrue(words: readonly Word[], state: ShellState): Promise<boolean> {
  return new Condition(words, state).result()
}

const binary = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef', '=~'])

class Condition {
  readonly #words: readonly Word[]
  readonly #state: ShellState
  #at = 0
  #depth = 0

  constructor(words: readonly Word[], state: ShellState) {
    this.#words = words
    this.#state = state
  }

  async result(): Promise<boolean> {
    const value = await this.#or(true)
    if (this.#at < this.#words.length) throw new ShellError('syntax error in conditional expression')
    return value
  }

  /** The text of a word that is bare, as operators are. */
  #bare(at: number = this.#at): string | undefined {
    const [part, ...more] = this.#words[at] ?? []
    return part?.kind === 'bare' && more.length === 0 ? part.text : undefined
  }

  #take(text: string): boolean {
    if (this.#bare() !== text) return false
    this.#at++
    return true
  }

  async #or(counts: boolean): Promise<boolean> {
    let value = await this.#and(counts)
    while (this.#take('||')) value = (await this.#and(counts && !value)) || value
    return value
  }

  async #and(counts: boolean): Promise<boolean> {
    let value = await this.#not(counts)
    while (this.#take('&&')) value = (await this.#not(counts && value)) && value
    return value
  }

  async #not(counts: boolean): Promise<boolean> {
    if (++this.#depth > 100) throw new ShellError('conditional expression is nested too deeply')
    if (this.#take('!')) return !(await this.#not(counts))
    if (!this.#take('(')) return this.#primary(counts)
    const value = await this.#or(counts)
    if (!this.#take(')')) throw new ShellError('syntax error in conditional expression')
    return value
  }

  async #primary(counts: boolean): Promise<boolean> {
    const first = this.#words[this.#at]
    if (first === undefined) throw new ShellError('syntax error in conditional expression')
    const operator = this.#bare(this.#at + 1)
    const second = this.#words[this.#at + 2]
    if (operator !== undefined && binary.has(operator) && second !== undefined) {
      this.#at += 3
      return counts && this.#compare(first, operator, second)
    }
    const unary = this.#bare()
    const operand = this.#words[this.#at + 1]
    if (unary !== undefined && /^-[a-zA-Z]$/.test(unary) && operand !== undefined) {
      this.#at += 2
      return counts && holds([unary, await expandText(operand, this.#state)], this.#state)
    }
    this.#at++
    return counts && (await expandText(first, this.#state)) !== ''
  }

  async #compare(first: Word, operator: string, second: Word): Promise<boolean> {
    const left = await expandText(first, this.#state)
    if (operator === '=' || operator === '==') return matchesGlob(await expandAsPattern(second, this.#state), left)
    if (operator === '!=') return !matchesGlob(await expandAsPattern(second, this.#state), left)
    if (operator === '=~') throw new NotModelled('[[ … =~ … ]]')
    return holds([left, operator, await expandText(second, this.#state)], this.#state)
  }
}
