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

/** One JSON object as the bytes of a message; taken from what is known where there is something. */
export function messageBytes(name: string, value: object, path: string, known?: EncodedObjects): Uint8Array {
  const found = known?.get(value)
  if (found) return found
  const writer = new BinaryWriter()
  const json = value as Json
  for (const field of messageNamed(name).fields) {
    const given = field.inline ? json : own(json, field.name)
    const isItems = known && field.name === 'items' && field.list && Array.isArray(given)
    if (isItems) writeItems(writer, field, given, `${path}.items`, known)
    else if ((given !== undefined && given !== null) || !field.mayBeAbsent)
      writeField(writer, field, given, field.inline || field.name === '' ? path : `${path}.${field.name}`)
  }
  const bytes = writer.finish()
  if (!Object.hasOwn(json, 'items')) known?.set(value, bytes)
  return bytes
}

function writeItems(
  writer: BinaryWriter,
  { number, kind }: Field,
  items: readonly unknown[],
  path: string,
  known: EncodedObjects,
): void {
  for (const [index, item] of items.entries()) {
    const here = `${path}[${index}]`
    if (kind.includes('/')) {
      const bytes = messageBytes(kind, asObject(item, here), here, known)
      writer.tag(number, WireType.LengthDelimited).bytes(bytes)
    } else writeValue(writer, number, kind, item, here)
  }
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
