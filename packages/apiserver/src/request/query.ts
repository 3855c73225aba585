import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { newBadRequest } from '@kube-bonsai/apimachinery'

/** The parameters of a request, read one by one. */
export class Query {
  readonly #values: NonNullable<ApiRequest['query']>

  constructor(values: ApiRequest['query'] = {}) {
    this.#values = values
  }

  /** The first value, or the empty string. */
  text(name: string): string {
    return Object.hasOwn(this.#values, name) ? ([this.#values[name] ?? ''].flat()[0] ?? '') : ''
  }

  all(name: string): readonly string[] {
    return Object.hasOwn(this.#values, name) ? [this.#values[name] ?? []].flat() : []
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name)
  }

  /** True unless absent, `false` or `0`, as upstream reads booleans. */
  flag(name: string): boolean {
    const text = this.text(name)
    return this.has(name) && text !== 'false' && text !== '0'
  }

  /** A whole number, or undefined when absent. Throws a 400 for anything else. */
  integer(name: string): number | undefined {
    const text = this.text(name)
    if (text === '') return undefined
    if (!/^[-+]?\d+$/.test(text)) throw newBadRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text.slice(0, 40))
    if (BigInt.asIntN(64, value) !== value)
      throw newBadRequest(`strconv.ParseInt: parsing "${text}": value out of range`)
    return Number(value)
  }
}
