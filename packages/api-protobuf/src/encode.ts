import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { ProtobufError } from './errors.ts'
import { messageNamed } from './messages.ts'
import type { Field } from './table.ts'
import { byCodePoints, readBase64, readTime } from './values.ts'

type Json = Readonly<Record<string, unknown>>

const text = new TextEncoder()

/**
 * Writes one JSON object as the message `name`: fields by number, maps by key, and what Go does not keep behind a pointer always.
 * Throws a ProtobufError that names the field for a value of another type.
 */
export function writeMessage(writer: BinaryWriter, name: string, value: Json, path: string): void {
  for (const field of messageNamed(name).fields) {
    const given = field.inline ? value : own(value, field.name)
    // Most fields are absent: nothing is to be spent on them.
    if ((given === undefined || given === null) && field.mayBeAbsent) continue
    writeField(writer, field, given, field.inline || field.name === '' ? path : `${path}.${field.name}`)
  }
}

/** Encoded objects by the objects that they were made of, which must not change. */
export interface EncodedObjects {
  get(object: object): Uint8Array | undefined
  set(object: object, bytes: Uint8Array): void
}

/**
 * One JSON object as the bytes of a message, in pieces: those of the items of a list are what is known of them, and
 * nothing as long as a list is copied until all is there.
 */
export function messageParts(name: string, value: object, path: string, known?: EncodedObjects): readonly Uint8Array[] {
  const json = value as Json
  const items = Object.hasOwn(json, 'items') ? json['items'] : undefined
  const field = known && Array.isArray(items) ? itemsOf(name) : undefined
  if (known === undefined || field === undefined || !Array.isArray(items))
    return [messageBytes(name, json, path, known)]
  const parts: Uint8Array[] = [writeRest(name, json, path)]
  for (const [index, item] of items.entries()) {
    const here = `${path}.items[${index}]`
    const bytes = messageBytes(field.kind, asObject(item, here), here, known)
    parts.push(new BinaryWriter().tag(field.number, WireType.LengthDelimited).uint32(bytes.length).finish(), bytes)
  }
  return parts
}

function messageBytes(name: string, json: Json, path: string, known: EncodedObjects | undefined): Uint8Array {
  const found = known?.get(json)
  if (found) return found
  const writer = new BinaryWriter()
  writeMessage(writer, name, json, path)
  const bytes = writer.finish()
  known?.set(json, bytes)
  return bytes
}

/** The items of a list, where they are messages and come last. */
function itemsOf(name: string): Field | undefined {
  const field = messageNamed(name).fields.at(-1)
  return field?.name === 'items' && field.list && field.kind.includes('/') ? field : undefined
}

function writeRest(name: string, json: Json, path: string): Uint8Array {
  const writer = new BinaryWriter()
  writeMessage(writer, name, { ...json, items: undefined }, path)
  return writer.finish()
}

function writeField(writer: BinaryWriter, field: Field, value: unknown, path: string): void {
  if (field.list) {
    if (value === undefined || value === null) return
    if (!Array.isArray(value)) throw new ProtobufError('expected a list', path)
    for (const [index, item] of value.entries()) writeValue(writer, field.number, field.kind, item, `${path}[${index}]`)
    return
  }
  if (field.map) {
    if (value === undefined || value === null) return
    const entries = asObject(value, path)
    for (const key of Object.keys(entries).sort(byCodePoints)) {
      writer.tag(field.number, WireType.LengthDelimited).fork()
      writer.tag(1, WireType.LengthDelimited).string(key)
      writeValue(writer, 2, field.kind, entries[key], `${path}[${JSON.stringify(key)}]`)
      writer.join()
    }
    return
  }
  writeValue(writer, field.number, field.kind, value, path)
}

/** One value under its tag; `undefined` and `null` are Go's zero value. */
function writeValue(writer: BinaryWriter, number: number, kind: string, value: unknown, path: string): void {
  const given = value === null ? undefined : value
  switch (kind) {
    case 'string':
      writer.tag(number, WireType.LengthDelimited).string(asText(given ?? '', path))
      return
    case 'bool':
      if (given !== undefined && typeof given !== 'boolean') throw new ProtobufError('expected true or false', path)
      writer.tag(number, WireType.Varint).bool(given ?? false)
      return
    case 'int':
      writer.tag(number, WireType.Varint).int64(asInteger(given ?? 0, path))
      return
    case 'double':
      if (given !== undefined && typeof given !== 'number') throw new ProtobufError('expected a number', path)
      writer.tag(number, WireType.Bit64).double(given ?? 0)
      return
    case 'bytes':
      writer
        .tag(number, WireType.LengthDelimited)
        .bytes(given === undefined ? new Uint8Array() : readBase64(given, path))
      return
    default:
      writer.tag(number, WireType.LengthDelimited).fork()
      writeBody(writer, kind, given, path)
      writer.join()
  }
}

/** The inside of a message. */
function writeBody(writer: BinaryWriter, kind: string, value: unknown, path: string): void {
  switch (kind) {
    case 'time':
    case 'microTime': {
      if (value === undefined) return
      const { seconds, nanos } = readTime(value, kind, path)
      writer.tag(1, WireType.Varint).int64(seconds).tag(2, WireType.Varint).int32(nanos)
      return
    }
    case 'quantity':
      writer
        .tag(1, WireType.LengthDelimited)
        .string(typeof value === 'number' ? String(value) : asText(value ?? '0', path))
      return
    case 'intOrString': {
      const isText = typeof value === 'string'
      writer.tag(1, WireType.Varint).int64(isText ? 1 : 0)
      writer.tag(2, WireType.Varint).int64(isText ? 0 : asInteger(value ?? 0, path))
      writer.tag(3, WireType.LengthDelimited).string(isText ? value : '')
      return
    }
    case 'raw':
      if (value !== undefined) writer.tag(1, WireType.LengthDelimited).bytes(text.encode(JSON.stringify(value)))
      return
    case 'schemaOrBool':
      writer.tag(1, WireType.Varint).bool(value !== undefined && value !== false)
      if (typeof value === 'object') writeValue(writer, 2, schema, value, path)
      return
    case 'schemaOrArray':
      if (Array.isArray(value)) for (const item of value) writeValue(writer, 2, schema, item, path)
      else if (value !== undefined) writeValue(writer, 1, schema, value, path)
      return
    case 'schemaOrStrings':
      if (Array.isArray(value)) for (const item of value) writeValue(writer, 2, 'string', item, path)
      else if (value !== undefined) writeValue(writer, 1, schema, value, path)
      return
  }
  if (kind.startsWith('items:')) {
    writeMessage(writer, kind.slice('items:'.length), { '': value ?? [] }, path)
    return
  }
  writeMessage(writer, kind, value === undefined ? {} : asObject(value, path), path)
}

/** The message behind the kinds that are a schema or something else. */
export const schema = 'apiextensions/v1.JSONSchemaProps'

function own(value: Json, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function asObject(value: unknown, path: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProtobufError('expected an object', path)
  return value as Json
}

function asText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new ProtobufError('expected a string', path)
  return value
}

function asInteger(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new ProtobufError('expected an integer', path)
  return value
}
