import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { schema } from './encode.ts'
import { ProtobufError } from './errors.ts'
import { messageNamed } from './messages.ts'
import type { Field } from './table.ts'
import { writeBase64, writeTime } from './values.ts'

const deepest = 200
const text = new TextDecoder()
type Json = Record<string, unknown>

/**
 * Reads a message as the JSON that Go would print of it: zero values where Go prints them, unknown fields dropped.
 * Throws a ProtobufError for bytes that are no such message.
 */
export function readMessage(bytes: Uint8Array, name: string, path: string, depth: number = 0): Json {
  if (depth > deepest) throw new ProtobufError('nested too deep', path)
  const { fields, byNumber } = messageNamed(name)
  const seen = new Map<number, unknown>()
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const field = byNumber.get(number)
    if (field === undefined) reader.skip(wire, number)
    else readField(reader, wire, field, seen, `${path}.${field.name}`, depth)
  }
  const object: Json = Object.create(null)
  for (const field of fields) putField(object, field, seen.get(field.number), seen.has(field.number), path, depth)
  return { ...object }
}

function readField(
  reader: BinaryReader,
  wire: WireType,
  field: Field,
  seen: Map<number, unknown>,
  path: string,
  depth: number,
): void {
  if (wire !== wireOf(field.map ? 'map' : field.kind)) throw new ProtobufError(`wrong wireType = ${wire}`, path)
  if (field.map) {
    const entries = (seen.get(field.number) ?? new Map<string, unknown>()) as Map<string, unknown>
    const [key, value] = readEntry(reader.bytes(), field.kind, path, depth)
    entries.set(key, value)
    seen.set(field.number, entries)
    return
  }
  const value = readValue(reader, field.kind, path, depth)
  if (!field.list) seen.set(field.number, value)
  else if (seen.has(field.number)) (seen.get(field.number) as unknown[]).push(value)
  else seen.set(field.number, [value])
}

function readEntry(bytes: Uint8Array, kind: string, path: string, depth: number): readonly [string, unknown] {
  const reader = new BinaryReader(bytes)
  let key = ''
  let value = zeroOf(kind, path, depth)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (number === 1) key = reader.string()
    else if (number === 2) value = readValue(reader, kind, path, depth)
    else reader.skip(wire, number)
  }
  return [key, value]
}

function wireOf(kind: string): WireType {
  if (kind === 'bool' || kind === 'int') return WireType.Varint
  return kind === 'double' ? WireType.Bit64 : WireType.LengthDelimited
}

function readValue(reader: BinaryReader, kind: string, path: string, depth: number): unknown {
  switch (kind) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int':
      return Number(reader.int64())
    case 'double':
      return reader.double()
    case 'bytes':
      return writeBase64(reader.bytes())
    default:
      return readBody(reader.bytes(), kind, path, depth)
  }
}

function readBody(bytes: Uint8Array, kind: string, path: string, depth: number): unknown {
  switch (kind) {
    case 'time':
    case 'microTime': {
      if (bytes.length === 0) return null
      const [seconds, nanos] = [readNumber(bytes, 1), readNumber(bytes, 2)]
      return writeTime({ seconds, nanos }, kind)
    }
    case 'quantity':
      return readText(bytes, 1) || '0'
    case 'intOrString':
      return readNumber(bytes, 1) === 0 ? readNumber(bytes, 2) : readText(bytes, 3)
    case 'raw': {
      const raw = parts(bytes).get(1)?.[0]
      return raw instanceof Uint8Array && raw.length > 0 ? parseJson(raw, path) : null
    }
    case 'schemaOrBool': {
      const found = parts(bytes)
      const inner = found.get(2)?.[0]
      return inner instanceof Uint8Array ? readMessage(inner, schema, path, depth + 1) : Boolean(found.get(1)?.[0])
    }
    case 'schemaOrArray':
    case 'schemaOrStrings': {
      const found = parts(bytes)
      const inner = found.get(1)?.[0]
      if (inner instanceof Uint8Array) return readMessage(inner, schema, path, depth + 1)
      const items = (found.get(2) ?? []).filter((item) => item instanceof Uint8Array)
      return items.map((item) =>
        kind === 'schemaOrStrings' ? text.decode(item) : readMessage(item, schema, path, depth + 1),
      )
    }
  }
  if (kind.startsWith('items:')) return readMessage(bytes, kind.slice('items:'.length), path, depth + 1)[''] ?? null
  return readMessage(bytes, kind, path, depth + 1)
}

/** The fields of a small message whose rules are not in the tables: bytes and whole numbers. */
function parts(bytes: Uint8Array): ReadonlyMap<number, readonly (Uint8Array | number)[]> {
  const found = new Map<number, (Uint8Array | number)[]>()
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (wire !== WireType.Varint && wire !== WireType.LengthDelimited) reader.skip(wire, number)
    else
      found.set(number, [
        ...(found.get(number) ?? []),
        wire === WireType.Varint ? Number(reader.int64()) : reader.bytes(),
      ])
  }
  return found
}

function readNumber(bytes: Uint8Array, number: number): number {
  return Number(parts(bytes).get(number)?.at(-1) ?? 0)
}

function readText(bytes: Uint8Array, number: number): string {
  const found = parts(bytes).get(number)?.at(-1)
  return found instanceof Uint8Array ? text.decode(found) : ''
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(text.decode(bytes))
  } catch {
    throw new ProtobufError('expected JSON', path)
  }
}

/** Go's zero value as JSON. */
function zeroOf(kind: string, path: string, depth: number): unknown {
  switch (kind) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int':
    case 'double':
      return 0
    case 'bytes':
      return null
    default:
      return readBody(new Uint8Array(), kind, path, depth)
  }
}

function putField(object: Json, field: Field, value: unknown, present: boolean, path: string, depth: number): void {
  const { name, kind, omitEmpty, omitZero } = field
  if (field.inline) {
    const inner = present ? value : field.pointer ? {} : zeroOf(kind, path, depth)
    for (const [key, item] of Object.entries(inner as Json)) object[key] = item
    return
  }
  if (field.map || field.list || kind === 'bytes' || kind.startsWith('items:')) {
    const plain = value instanceof Map ? Object.fromEntries(value) : (value ?? null)
    const empty = plain === null || plain === '' || (Array.isArray(plain) && plain.length === 0)
    if (!(empty && omitEmpty)) object[name] = plain
    return
  }
  if (field.pointer) {
    if (present || !omitEmpty) object[name] = present ? value : null
    return
  }
  const known = present ? value : zeroOf(kind, path, depth)
  if (omitZero && known === null) return
  if (omitEmpty && (known === '' || known === 0 || known === false) && kind !== 'intOrString') return
  object[name] = known
}
