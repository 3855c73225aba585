import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { readMessage } from './decode.ts'
import { type EncodedObjects, messageParts } from './encode.ts'
import { ProtobufError } from './errors.ts'
import { messageOfKind } from './messages.ts'

/** The media type of the encoding. */
export const protobufMediaType = 'application/vnd.kubernetes.protobuf'

/** The four bytes that each stored or sent object begins with: `k8s` and a zero. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0)

/** An object with its kind. */
export interface TypedObject {
  readonly apiVersion: string
  readonly kind: string
}

/** True when a kind has a protobuf form: every built-in one has, custom resources and Tables have none. */
export function hasProtobuf(apiVersion: string, kind: string): boolean {
  return messageOfKind(apiVersion, kind) !== undefined
}

/**
 * Encodes an object or list of a built-in kind, as v1.35 does byte for byte. Quantities and times must be canonical, as the server keeps them.
 * Throws a ProtobufError for a kind without a protobuf form or a value of the wrong type.
 *
 * @param known keeps what objects, and the items of lists, were encoded to; for objects that never change
 * @see staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go
 */
export function encodeObject<T extends TypedObject>(object: T, known?: EncodedObjects): Uint8Array {
  const { apiVersion, kind } = object
  const name = messageOfKind(apiVersion, kind)
  if (name === undefined) throw new ProtobufError(`${apiVersion}, Kind=${kind} has no protobuf form`)
  const parts = messageParts(name, object, kind, known)
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = new BinaryWriter().raw(magic)
  head.tag(1, WireType.LengthDelimited).fork()
  head.tag(1, WireType.LengthDelimited).string(apiVersion).tag(2, WireType.LengthDelimited).string(kind).join()
  return joined([head.tag(2, WireType.LengthDelimited).uint32(length).finish(), ...parts, tail])
}

/** No encoding of the content, and no type of it. */
const tail = Uint8Array.of(0x1a, 0, 0x22, 0)

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * Decodes what `encodeObject` or a client wrote. Fields that v1.35 does not know are dropped, as upstream drops them.
 * Throws a ProtobufError for other bytes and for kinds without a protobuf form.
 */
export function decodeObject(bytes: Uint8Array): TypedObject & Record<string, unknown> {
  if (magic.some((byte, index) => bytes[index] !== byte))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  try {
    return decodeEnvelope(bytes.subarray(magic.length))
  } catch (error) {
    if (error instanceof ProtobufError) throw error
    throw new ProtobufError('unexpected EOF')
  }
}

function decodeEnvelope(bytes: Uint8Array): TypedObject & Record<string, unknown> {
  const reader = new BinaryReader(bytes)
  let [apiVersion, kind, raw] = ['', '', new Uint8Array()]
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (number === 1) [apiVersion, kind] = readTypeMeta(reader.bytes())
    else if (number === 2) raw = new Uint8Array(reader.bytes())
    else reader.skip(wire, number)
  }
  const name = messageOfKind(apiVersion, kind)
  if (name === undefined) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`)
  return { ...readMessage(raw, name, kind), apiVersion, kind }
}

function readTypeMeta(bytes: Uint8Array): readonly [apiVersion: string, kind: string] {
  const reader = new BinaryReader(bytes)
  let [apiVersion, kind] = ['', '']
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (number === 1) apiVersion = reader.string()
    else if (number === 2) kind = reader.string()
    else reader.skip(wire, number)
  }
  return [apiVersion, kind]
}

/** One event of a watch as a frame of a stream: four bytes of length, then the event with its object in its envelope. */
export function encodeWatchFrame<T extends TypedObject>(
  event: { readonly type: string; readonly object: T },
  known?: EncodedObjects,
): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(event.type)
  writer.tag(2, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.LengthDelimited).bytes(encodeObject(event.object, known)).join()
  const body = writer.finish()
  const frame = new Uint8Array(body.length + 4)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, 4)
  return frame
}
