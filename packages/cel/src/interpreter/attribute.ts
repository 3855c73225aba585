import { goValue } from '../values/go-format.ts'
import { typeNameOf } from '../values/traits.ts'
import { CelError, CelList, CelMap, CelOptional, CelUint, type Value } from '../values/value.ts'
import type { Frame } from './frame.ts'

/** One step into a value: a field, an index. */
export interface Qualifier {
  readonly optional: boolean
  /** The key, or an error. */
  key(frame: Frame): Value
  /** Only asks whether something is there. */
  readonly testOnly: boolean
}

/** A path that starts at a variable or at the result of an expression. @see cel-go interpreter/attributes.go */
export abstract class Attribute {
  /** Whether reading it costs one by itself. */
  readonly costs: boolean = true
  abstract add(qualifier: Qualifier): void
  abstract resolve(frame: Frame): Value
}

/** A path with qualifiers of its own. */
export abstract class PathAttribute extends Attribute {
  readonly #qualifiers: Qualifier[] = []

  add(qualifier: Qualifier): void {
    this.#qualifiers.push(qualifier)
  }

  abstract root(frame: Frame): Value

  resolve(frame: Frame): Value {
    let value = this.root(frame)
    if (this.#qualifiers.length === 0 || value instanceof CelError) return value
    let optional = false
    if (value instanceof CelOptional) {
      if (value.value === undefined) return value
      value = value.value
      optional = true
    }
    for (const qualifier of this.#qualifiers) {
      optional ||= qualifier.optional
      const key = qualifier.key(frame)
      const found = key instanceof CelError ? key : step(value, key, optional || qualifier.testOnly)
      if (qualifier.testOnly) {
        if (found instanceof CelError) {
          frame.charge(1)
          return found
        }
        if (!optional || found !== undefined) frame.charge(1)
        value = found !== undefined
        continue
      }
      if (found === undefined) return CelOptional.none
      if (!(key instanceof CelError && qualifier.optional)) frame.charge(1)
      if (found instanceof CelError) return found
      value = found
    }
    return optional ? (value instanceof CelOptional ? value : new CelOptional(value)) : value
  }
}

/** A variable and a path into it. */
export class VariableAttribute extends PathAttribute {
  readonly #read: (frame: Frame) => Value

  constructor(read: (frame: Frame) => Value) {
    super()
    this.#read = read
  }

  root(frame: Frame): Value {
    return this.#read(frame)
  }
}

/** One of two paths. */
export class ConditionalAttribute extends Attribute {
  override readonly costs = false
  readonly #test: (frame: Frame) => Value
  readonly #yes: Attribute
  readonly #no: Attribute

  constructor(test: (frame: Frame) => Value, yes: Attribute, no: Attribute) {
    super()
    this.#test = test
    this.#yes = yes
    this.#no = no
  }

  add(qualifier: Qualifier): void {
    this.#yes.add(qualifier)
    this.#no.add(qualifier)
  }

  resolve(frame: Frame): Value {
    const test = this.#test(frame)
    if (test === true) return this.#yes.resolve(frame)
    if (test === false) return this.#no.resolve(frame)
    return test instanceof CelError ? test : new CelError('no such overload')
  }
}

/** What is at `key`; undefined only when that is allowed (`presence`). */
function step(value: Value, key: Value, presence: boolean): Value | undefined {
  if (value instanceof CelError) return value
  if (!isKey(key)) return new CelError(`invalid qualifier type: ${goTypeName(key)}`)
  if (value instanceof CelMap) {
    const found = value.find(key)
    if (found !== undefined) return found
    return presence ? undefined : new CelError(`no such key: ${goValue(key)}`)
  }
  if (value instanceof CelList) {
    const index = indexOf(key)
    if (index instanceof CelError) return index
    if (index >= 0 && index < value.size) return value.at(index)
    return presence ? undefined : new CelError(`index out of bounds: ${goValue(key)}`)
  }
  return presence ? undefined : new CelError(`no such key: ${goValue(key)}`)
}

const isKey = (key: Value): boolean =>
  typeof key === 'string' ||
  typeof key === 'bigint' ||
  typeof key === 'boolean' ||
  typeof key === 'number' ||
  key instanceof CelUint

function goTypeName(key: Value): string {
  return key === null ? 'types.Null' : `*types.${typeNameOf(key)}`
}

/** A list index: any number that is whole. */
export function indexOf(key: Value): number | CelError {
  if (typeof key === 'bigint') return Number(key)
  if (key instanceof CelUint) return Number(key.value)
  if (typeof key === 'number')
    return Number.isInteger(key) ? key : new CelError(`unsupported index value ${goValue(key)} in list`)
  return new CelError(`unsupported index type '${typeNameOf(key)}' in list`)
}
