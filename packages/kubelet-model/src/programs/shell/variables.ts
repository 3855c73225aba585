import { ShellError } from './shell-error.ts'
import { maxHeld, OutOfMemory } from './streams.ts'

interface Variable {
  readonly value: string | undefined
  readonly exported: boolean
  readonly readOnly: boolean
}

/** The variables of a shell. */
export class ShellVariables {
  readonly #known: Map<string, Variable>

  constructor(known: Iterable<readonly [string, Variable]> = []) {
    this.#known = new Map(known)
  }

  static of(env: Readonly<Record<string, string>>): ShellVariables {
    return new ShellVariables(
      Object.entries(env).map(([name, value]) => [name, { value, exported: true, readOnly: false }]),
    )
  }

  copy(): ShellVariables {
    return new ShellVariables(this.#known)
  }

  get(name: string): string | undefined {
    return this.#known.get(name)?.value
  }

  /** Throws a ShellError for a variable that must not change. */
  set(name: string, value: string | undefined, change: Partial<Omit<Variable, 'value'>> = {}): void {
    const known = this.#known.get(name)
    if (known?.readOnly) throw new ShellError(`${name}: is read only`)
    if ((value?.length ?? 0) > maxHeld) throw new OutOfMemory()
    this.#known.set(name, { exported: known?.exported ?? false, readOnly: false, value, ...change })
  }

  mark(name: string, change: Partial<Omit<Variable, 'value'>>): void {
    const known = this.#known.get(name) ?? { value: undefined, exported: false, readOnly: false }
    this.#known.set(name, { ...known, ...change })
  }

  unset(name: string): void {
    if (this.#known.get(name)?.readOnly) throw new ShellError(`${name}: is read only`)
    this.#known.delete(name)
  }

  /** Puts back what was there before a temporary change. */
  restore(name: string, before: Variable | undefined): void {
    if (before) this.#known.set(name, before)
    else this.#known.delete(name)
  }

  entry(name: string): Variable | undefined {
    return this.#known.get(name)
  }

  /** All that are set, sorted by name. */
  all(): readonly (readonly [string, string, Variable])[] {
    return [...this.#known]
      .flatMap(([name, variable]) => (variable.value === undefined ? [] : [[name, variable.value, variable] as const]))
      .sort(([left], [right]) => (left < right ? -1 : 1))
  }

  /** What commands get, in the order in which it came. */
  environment(): Readonly<Record<string, string>> {
    const exported: [string, string][] = []
    for (const [name, { value, exported: isExported }] of this.#known) {
      if (isExported && value !== undefined) exported.push([name, value])
    }
    return Object.fromEntries(exported)
  }
}
