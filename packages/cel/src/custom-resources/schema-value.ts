import { deepEqual } from '@kube-bonsai/apimachinery'
import { type CelType, opaqueType } from '../types/cel-type.ts'
import { goQuote } from '../values/go-format.ts'
import { parseDate, parseGoDuration, parseRfc3339 } from '../values/time.ts'
import { equal } from '../values/traits.ts'
import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelTimestamp,
  CelUint,
  type Value,
} from '../values/value.ts'
import { escapeName, unescapeName } from './names.ts'
import { isObject, type Schema } from './schema.ts'

/**
 * A JSON value as expressions see it through its schema: lists and maps are read when they are looked at.
 *
 * @see apiserver/pkg/cel/common/valuesunstructured.go
 */
export function schemaValue(json: unknown, schema: Schema): Value {
  if (json === null || json === undefined)
    return schema.nullable ? null : new CelError('invalid data, got null for schema with nullable=false')
  if (schema.intOrString) {
    if (typeof json === 'string') return json
    return Number.isInteger(json)
      ? BigInt(json as number)
      : new CelError('invalid data, expected XIntOrString value to be either a string or integer')
  }
  switch (schema.type) {
    case 'object':
      return isObject(json)
        ? new SchemaMap(json, schema)
        : new CelError('invalid data, expected a map for the provided schema with type=object')
    case 'array':
      return listValue(json, schema)
    case 'string':
      return typeof json === 'string'
        ? textValue(json, schema.format)
        : new CelError(`invalid data, expected string, got ${goType(json)}`)
    case 'number':
      return typeof json === 'number' ? json : new CelError(`invalid data, expected float, got ${goType(json)}`)
    case 'integer':
      return Number.isInteger(json)
        ? BigInt(json as number)
        : new CelError(`invalid data, expected int, got ${goType(json)}`)
    case 'boolean':
      return typeof json === 'boolean' ? json : new CelError(`invalid data, expected bool, got ${goType(json)}`)
  }
  return schema.preserves
    ? new Preserved(json)
    : new CelError(
        `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type}`,
      )
}

function goType(json: unknown): string {
  if (typeof json === 'string') return 'string'
  if (typeof json === 'boolean') return 'bool'
  if (typeof json === 'number') return Number.isInteger(json) ? 'int64' : 'float64'
  return Array.isArray(json) ? '[]interface {}' : 'map[string]interface {}'
}

function textValue(text: string, format: string): Value {
  switch (format) {
    case 'duration': {
      const nanos = parseGoDuration(text)
      return nanos === undefined
        ? new CelError(`Invalid duration ${text}: unable to parse ${text} as duration`)
        : new CelDuration(nanos)
    }
    case 'date': {
      const nanos = parseDate(text)
      return nanos === undefined ? new CelError(`Invalid date formatted string ${text}`) : new CelTimestamp(nanos)
    }
    case 'date-time': {
      const parsed = parseRfc3339(text.replace('t', 'T').replace(/z$/, 'Z'))
      return parsed
        ? new CelTimestamp(parsed.nanos, parsed.zone)
        : new CelError(`Invalid date-time formatted string ${text}: cannot parse ${goQuote(text)}`)
    }
    case 'byte':
      try {
        return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
      } catch {
        return new CelError(`Invalid byte formatted string ${text}: illegal base64 data`)
      }
  }
  return text
}

function listValue(json: unknown, schema: Schema): Value {
  if (!Array.isArray(json))
    return new CelError('invalid data, expected an array for the provided schema with type=array')
  const { items, listType } = schema
  if (!items) return new CelError('invalid array type, expected Items with a non-empty Schema')
  switch (listType) {
    case '':
    case 'atomic':
      return new SchemaList(json, items)
    case 'set':
      return new KeyedList(json, items, scalarKey)
    case 'map': {
      const keys = schema.listMapKeys.map((key) => escapeName(key) ?? key)
      return new KeyedList(json, items, (element) => {
        const map = isObject(element) ? element : {}
        return JSON.stringify(keys.map((key) => map[key] ?? null))
      })
    }
    default:
      return new CelError(`invalid x-kubernetes-list-type, expected 'map', 'set' or 'atomic' but got ${listType}`)
  }
}

const scalarKey = (element: unknown): string => JSON.stringify(element) ?? 'null'

/** The JSON behind a value, as far as there is one. */
function jsonOf(value: Value): unknown {
  if (value instanceof SchemaList || value instanceof SchemaMap || value instanceof Preserved) return value.json
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelUint) return Number(value.value)
  if (value instanceof CelList) return Array.from({ length: value.size }, (_, index) => jsonOf(value.at(index)))
  if (value instanceof CelMap)
    return Object.fromEntries(Array.from(value.keys(), (key) => [String(key), jsonOf(value.find(key) ?? null)]))
  return value
}

/** An array of a schema's items. */
class SchemaList extends CelList {
  readonly json: readonly unknown[]
  readonly items: Schema

  constructor(json: readonly unknown[], items: Schema) {
    super()
    this.json = json
    this.items = items
  }

  get size(): number {
    return this.json.length
  }

  at(index: number): Value {
    return schemaValue(this.json[index], this.items)
  }
}

/** A set, or a map by keys: order does not count, and adding replaces what is there. */
class KeyedList extends SchemaList {
  readonly #keyOf: (element: unknown) => string
  #byKey: Map<string, number> | undefined

  constructor(json: readonly unknown[], items: Schema, keyOf: (element: unknown) => string) {
    super(json, items)
    this.#keyOf = keyOf
  }

  get #positions(): ReadonlyMap<string, number> {
    this.#byKey ??= new Map(this.json.map((element, index) => [this.#keyOf(element), index]))
    return this.#byKey
  }

  override equalTo(other: CelList): boolean {
    for (let index = 0; index < other.size; index++) {
      const element = other.at(index)
      const at = this.#positions.get(this.#keyOf(jsonOf(element)))
      if (at === undefined || !equal(this.at(at), element)) return false
    }
    return true
  }

  override concat(other: CelList): Value {
    const merged = [...this.json]
    const positions = new Map(this.#positions)
    for (let index = 0; index < other.size; index++) {
      const element = jsonOf(other.at(index))
      const key = this.#keyOf(element)
      const at = positions.get(key)
      if (at === undefined) {
        positions.set(key, merged.length)
        merged.push(element)
      } else merged[at] = element
    }
    return new KeyedList(merged, this.items, this.#keyOf)
  }
}

/** An object: with properties of its own, or a map of one schema. */
class SchemaMap extends CelMap {
  readonly json: Readonly<Record<string, unknown>>
  readonly #schema: Schema

  constructor(json: Readonly<Record<string, unknown>>, schema: Schema) {
    super()
    this.json = json
    this.#schema = schema.embedded ? schema.asResource() : schema
  }

  get size(): number {
    return Object.keys(this.json).length
  }

  #schemaOf(name: string): Schema | undefined {
    if (this.#schema.hasProperties) return this.#schema.properties.get(name)
    return this.#schema.additional
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return new CelError('no such overload')
    const name = this.#schema.hasProperties ? unescapeName(key) : key
    if (name === undefined || !Object.hasOwn(this.json, name)) return undefined
    const value = this.json[name]
    if (this.#schema.hasProperties && (value === null || value === undefined)) return undefined
    const schema = this.#schemaOf(name)
    return schema && schemaValue(value, schema)
  }

  *keys(): Iterable<Value> {
    for (const name of Object.keys(this.json)) {
      if (!this.#schemaOf(name)) continue
      yield this.#schema.hasProperties ? (escapeName(name) ?? name) : name
    }
  }
}

/** Data that a schema only keeps: it can be compared, and nothing else. */
class Preserved extends CelObject {
  readonly json: unknown
  readonly type: CelType = opaqueType('unknown')

  constructor(json: unknown) {
    super()
    this.json = json
  }

  equals(other: Value): boolean {
    return deepEqual(this.json, jsonOf(other))
  }

  toString(): string {
    return 'unknown'
  }
}
