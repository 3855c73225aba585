import { CommandError } from '../../shell/shell-error.ts'
import type { Regex } from '../regex/regex.ts'
import { partsOf } from './functions.ts'
import { Input, nothing, type Value } from './values.ts'

const mostFields = 10_000

/** One line and its fields; each follows from the other when it is asked for. */
export class LineRecord {
  #line: Value = nothing
  #fields: Value[] | undefined = []
  /** What the fields were taken apart by when the line came. */
  #separator: string | Regex = ' '

  set(line: Value, separator: string | Regex): void {
    this.#line = line
    this.#separator = separator
    this.#fields = undefined
  }

  get(index: number): Value {
    if (index === 0) return this.#line
    return this.#all()[index - 1] ?? nothing
  }

  get count(): number {
    return this.#all().length
  }

  /** Writes a field, so that the line is put together anew. */
  put(index: number, value: Value, joint: string, text: (value: Value) => string): void {
    const fields = this.#all()
    this.#room(index)
    while (fields.length < index) fields.push(nothing)
    fields[index - 1] = value
    this.#join(joint, text)
  }

  /** Makes it have so many fields. */
  resize(count: number, joint: string, text: (value: Value) => string): void {
    const fields = this.#all()
    this.#room(count)
    while (fields.length < count) fields.push(nothing)
    fields.length = Math.max(0, count)
    this.#join(joint, text)
  }

  #room(index: number): void {
    if (!(index >= 0 && index <= mostFields)) throw new CommandError(`access to field ${index} is not possible`, 2)
  }

  #join(joint: string, text: (value: Value) => string): void {
    this.#line = (this.#fields ?? []).map(text).join(joint)
  }

  #all(): Value[] {
    this.#fields ??= partsOf(lineText(this.#line), this.#separator).map((part) => new Input(part))
    return this.#fields
  }
}

const lineText = (line: Value): string => (line instanceof Input ? line.text : String(line))
