import { SchedulerConfigError } from './config-error.ts'

/** Reads a document field by field; fields nobody asks for are faults. Null counts as absent, as in Go. */
export class StrictReader {
  readonly #unknown: string[]
  readonly #path: string
  readonly #value: unknown

  constructor(value: unknown, path = '', unknown: string[] = []) {
    this.#value = value
    this.#path = path
    this.#unknown = unknown
  }

  /** What was found to be unknown so far, here and below. */
  get faults(): readonly string[] {
    return this.#unknown
  }

  get isAbsent(): boolean {
    return this.#value === undefined || this.#value === null
  }

  /** The value as it is. */
  get raw(): unknown {
    return this.#value
  }

  /** The named fields of an object; absent ones are readers of nothing. Throws SchedulerConfigError for anything but an object. */
  fields<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, StrictReader>> {
    const value = this.#value ?? {}
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#wrong('an object')
    const known: ReadonlySet<string> = new Set(names)
    for (const name of Object.keys(value)) {
      if (!known.has(name)) this.#unknown.push(`unknown field "${this.#below(name)}"`)
    }
    const read = (name: Name): readonly [Name, StrictReader] => {
      const own: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
      return [name, new StrictReader(own, this.#below(name), this.#unknown)]
    }
    return Object.fromEntries(names.map(read)) as Record<Name, StrictReader>
  }

  /** The items of a list, none when it is absent. */
  items(): readonly StrictReader[] {
    if (this.isAbsent) return []
    if (!Array.isArray(this.#value)) throw this.#wrong('a list')
    return this.#value.map((item: unknown, index) => new StrictReader(item, `${this.#path}[${index}]`, this.#unknown))
  }

  string(): string | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.#value !== 'string') throw this.#wrong('a string')
    return this.#value
  }

  boolean(): boolean | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.#value !== 'boolean') throw this.#wrong('true or false')
    return this.#value
  }

  /** A whole number that fits into so many bits; 64 are read as far as they are exact. */
  integer(bits: 32 | 64 = 32): number | undefined {
    if (this.isAbsent) return undefined
    const value = this.#value
    const most = bits === 32 ? 2 ** 31 : Number.MAX_SAFE_INTEGER
    if (typeof value !== 'number' || !Number.isInteger(value) || value < -most || value > most - 1) {
      throw this.#wrong(`an integer of ${bits} bits`)
    }
    return value
  }

  number(): number | undefined {
    if (this.isAbsent) return undefined
    if (typeof this.#value !== 'number') throw this.#wrong('a number')
    return this.#value
  }

  #below(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  #wrong(expected: string): SchedulerConfigError {
    const actual = Array.isArray(this.#value) ? 'a list' : this.#value === null ? 'null' : `a ${typeof this.#value}`
    const where = this.#path === '' ? 'the configuration' : this.#path
    return new SchedulerConfigError([`${where}: expected ${expected}, got ${actual}`])
  }
}
