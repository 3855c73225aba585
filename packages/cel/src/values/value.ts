import type { CelType } from '../types/cel-type.ts'

/** An unsigned 64-bit number. */
export class CelUint {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A span of time in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** An instant, in nanoseconds since 1970. `zone` is the offset it was written with, in seconds; only printing shows it. */
export class CelTimestamp {
  readonly nanos: bigint
  readonly zone: number

  constructor(nanos: bigint, zone = 0) {
    this.nanos = nanos
    this.zone = zone
  }
}

/** A type as a value. */
export class CelTypeValue {
  readonly type: CelType

  constructor(type: CelType) {
    this.type = type
  }
}

/** A value or none. */
export class CelOptional {
  static readonly none: CelOptional = new CelOptional(undefined)
  readonly value: Value | undefined

  constructor(value: Value | undefined) {
    this.value = value
  }
}

/** What an expression evaluates to when it fails. A value like others, for `||` and `&&` can absorb it. */
export class CelError {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** A list, however it is kept. */
export abstract class CelList {
  abstract readonly size: number
  /** The element at `index`, which is within bounds. */
  abstract at(index: number): Value
  /** Another list with `other` behind. */
  concat(other: CelList): Value {
    return new ConcatenatedList(this, other)
  }
  /** Equality of its own, when order does not count. */
  equalTo?(other: CelList): boolean
}

/** A map, however it is kept. */
export abstract class CelMap {
  abstract readonly size: number
  abstract find(key: Value): Value | undefined
  abstract keys(): Iterable<Value>
}

/** A value of a library's own type: quantity, URL, IP, authorizer. */
export abstract class CelObject {
  abstract readonly type: CelType
  abstract equals(other: Value): boolean
  /** As formatting shows it. */
  abstract toString(): string
}

/** A value of the language. Integers are bigints, doubles numbers. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelDuration
  | CelTimestamp
  | CelTypeValue
  | CelOptional
  | CelError
  | CelList
  | CelMap
  | CelObject

/** A list of ready values. */
export class ArrayList extends CelList {
  readonly values: readonly Value[]

  constructor(values: readonly Value[]) {
    super()
    this.values = values
  }

  get size(): number {
    return this.values.length
  }

  at(index: number): Value {
    return this.values[index] ?? null
  }
}

/** Two lists as one; copied only when somebody looks inside. */
class ConcatenatedList extends CelList {
  readonly size: number
  #parts: readonly [CelList, CelList] | undefined
  #values: Value[] | undefined

  constructor(first: CelList, second: CelList) {
    super()
    this.#parts = [first, second]
    this.size = first.size + second.size
  }

  at(index: number): Value {
    this.#values ??= this.#flatten()
    return this.#values[index] ?? null
  }

  #flatten(): Value[] {
    const values: Value[] = []
    const stack: CelList[] = [this]
    for (let list = stack.pop(); list; list = stack.pop()) {
      if (list instanceof ConcatenatedList && list.#values === undefined && list.#parts) {
        stack.push(list.#parts[1], list.#parts[0])
      } else for (let index = 0; index < list.size; index++) values.push(list.at(index))
    }
    this.#parts = undefined
    return values
  }
}

/** A list that a comprehension fills: adding to it changes it, which nobody but the comprehension sees. */
export class GrowingList extends CelList {
  readonly values: Value[] = []

  get size(): number {
    return this.values.length
  }

  at(index: number): Value {
    return this.values[index] ?? null
  }

  override concat(other: CelList): Value {
    for (let index = 0; index < other.size; index++) this.values.push(other.at(index))
    return this
  }
}

/** The key under which a map finds a value: numbers of all types that are equal share one. */
export function mapKey(value: Value): string | bigint | boolean | number | undefined {
  switch (typeof value) {
    case 'string':
    case 'bigint':
    case 'boolean':
      return value
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value
    default:
      return value instanceof CelUint ? value.value : undefined
  }
}

/** A map of ready values. */
export class EntriesMap extends CelMap {
  readonly entries: Map<string | bigint | boolean | number, readonly [Value, Value]> = new Map()

  get size(): number {
    return this.entries.size
  }

  /** Puts an entry in; only while the map is being made. */
  set(key: Value, value: Value): void {
    const at = mapKey(key)
    if (at !== undefined) this.entries.set(at, [key, value])
  }

  find(key: Value): Value | undefined {
    const at = mapKey(key)
    return at === undefined ? undefined : this.entries.get(at)?.[1]
  }

  *keys(): Iterable<Value> {
    for (const [key] of this.entries.values()) yield key
  }
}
