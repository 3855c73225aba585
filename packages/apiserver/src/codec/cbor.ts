import { type FieldType, scheme, type TypeSchema } from '@kube-bonsai/api-types'

/** The media type of CBOR, and of a sequence of it, as events come. */
export const cborType = 'application/cbor'
export const cborSequenceType = 'application/cbor-seq'
/** The media type of a configuration to apply in CBOR. */
export const cborApplyType = 'application/apply-patch+cbor'

/** Why bytes are no CBOR that stands for JSON. */
export class CborError extends Error {
  constructor(message: string) {
    super(`cbor: ${message}`)
    this.name = 'CborError'
  }
}

/** Tag 55799: what follows is CBOR. */
const magic = [0xd9, 0xd9, 0xf7]
const encoder = new TextEncoder()
const laterBase64 = 0xd6

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A value of JSON as upstream's server writes it in CBOR: with the tag that says so, keys in the order of their bytes, texts as
 * byte strings, numbers in their shortest form, and binary fields of known kinds as bytes.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/runtime/serializer/cbor
 */
export function encodeCbor(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(magic)]
  write(value, undefined, parts)
  return joined(parts)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function write(value: unknown, type: FieldType | undefined, parts: Uint8Array[]): void {
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xf6))
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4))
  else if (typeof value === 'number') parts.push(number(value))
  else if (typeof value === 'string') writeText(value, type, parts)
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length))
    const items = type?.type === 'array' ? type.items : undefined
    for (const item of value) write(item, items, parts)
  } else if (isFields(value)) writeMap(value, type, parts)
}

function writeText(text: string, type: FieldType | undefined, parts: Uint8Array[]): void {
  const isBinary = type?.type === 'string' && type.format === 'byte'
  const bytes = isBinary ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : encoder.encode(text)
  if (isBinary) parts.push(Uint8Array.of(laterBase64))
  parts.push(head(2, bytes.length), bytes)
}

function writeMap(fields: Fields, type: FieldType | undefined, parts: Uint8Array[]): void {
  const schema = schemaOf(fields, type)
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const bytes = encoder.encode(key)
      return { key, value, bytes: joined([head(2, bytes.length), bytes]) }
    })
  entries.sort((a, b) => compareBytes(a.bytes, b.bytes))
  parts.push(head(5, entries.length))
  for (const { key, value, bytes } of entries) {
    parts.push(bytes)
    const field = schema !== undefined && Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined
    write(value, type?.type === 'map' ? type.values : field?.value, parts)
  }
}

/** The schema of an object: by the field that it stands in, or by what it says of itself. */
function schemaOf({ apiVersion, kind }: Fields, type: FieldType | undefined): TypeSchema | undefined {
  if (type?.type === 'ref') return scheme.loaded.type(type.ref)
  if (type?.type === 'map' || typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return scheme.loaded.typeOf({ group, version, kind })
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function head(major: number, count: number | bigint): Uint8Array {
  const top = major << 5
  const small = Number(count)
  if (small < 24) return Uint8Array.of(top | small)
  if (small < 0x100) return Uint8Array.of(top | 24, small)
  const view = new DataView(new ArrayBuffer(9))
  const size = small < 0x10000 ? 2 : small < 0x1_0000_0000 ? 4 : 8
  view.setUint8(0, top | (size === 2 ? 25 : size === 4 ? 26 : 27))
  if (size === 2) view.setUint16(1, small)
  else if (size === 4) view.setUint32(1, small)
  else view.setBigUint64(1, BigInt(count))
  return new Uint8Array(view.buffer, 0, size + 1)
}

function number(value: number): Uint8Array {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
    return value >= 0 ? head(0, BigInt(value)) : head(1, -1n - BigInt(value))
  }
  const view = new DataView(new ArrayBuffer(9))
  if (Math.fround(value) !== value) {
    view.setUint8(0, 0xfb)
    view.setFloat64(1, value)
    return new Uint8Array(view.buffer)
  }
  const half = halfOf(value)
  if (half !== undefined) return Uint8Array.of(0xf9, half >> 8, half & 0xff)
  view.setUint8(0, 0xfa)
  view.setFloat32(1, value)
  return new Uint8Array(view.buffer, 0, 5)
}

/** The bits of a half-precision number that is exactly this one. */
function halfOf(value: number): number | undefined {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  const bits = view.getUint32(0)
  const exponent = ((bits >>> 23) & 0xff) - 127
  const fraction = bits & 0x7fffff
  if (exponent < -14 || exponent > 15 || (fraction & 0x1fff) !== 0) return undefined
  return ((bits >>> 16) & 0x8000) | ((exponent + 15) << 10) | (fraction >>> 13)
}
