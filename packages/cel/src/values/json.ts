import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from './value.ts'

const isCelObject = (value: object): boolean =>
  value instanceof CelList ||
  value instanceof CelMap ||
  value instanceof CelObject ||
  value instanceof Uint8Array ||
  value instanceof CelUint ||
  value instanceof CelDuration ||
  value instanceof CelTimestamp ||
  value instanceof CelTypeValue ||
  value instanceof CelOptional ||
  value instanceof CelError

/**
 * A JSON value (or a value of the language, which stays as it is) as the language sees it. Whole numbers are ints, others
 * doubles; lists and maps are read when they are looked at. `undefined` is null.
 */
export function fromJson(json: unknown): Value {
  switch (typeof json) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return json
    case 'number':
      return Number.isInteger(json) && Math.abs(json) < 2 ** 63 ? BigInt(json) : json
    case 'object':
      if (json === null) return null
      if (Array.isArray(json)) return new JsonList(json)
      if (isCelObject(json)) return json as Value
      return new JsonMap(json as Readonly<Record<string, unknown>>)
    default:
      return null
  }
}

/** A JSON array as a list. */
export class JsonList extends CelList {
  readonly json: readonly unknown[]

  constructor(json: readonly unknown[]) {
    super()
    this.json = json
  }

  get size(): number {
    return this.json.length
  }

  at(index: number): Value {
    return fromJson(this.json[index])
  }
}

/** A JSON object as a map. */
export class JsonMap extends CelMap {
  readonly json: Readonly<Record<string, unknown>>

  constructor(json: Readonly<Record<string, unknown>>) {
    super()
    this.json = json
  }

  get size(): number {
    return Object.keys(this.json).length
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined
    const value = this.json[key]
    return value === undefined ? undefined : fromJson(value)
  }

  keys(): Iterable<Value> {
    return Object.keys(this.json)
  }
}
