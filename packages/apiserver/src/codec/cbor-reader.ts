import { CborError } from './cbor.ts'

const mostLevels = 64
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The value of JSON that a CBOR item stands for. Bytes that are marked for it come as base64.
 *
 * @throws CborError for bytes that are none, that go on after the item, that nest deeper than 64 levels or repeat a key
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.item(0)
  if (!reader.atEnd) throw new CborError('bytes after the first item')
  return value
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  item(depth: number, encode: (bytes: Uint8Array) => string = asText): unknown {
    if (depth > mostLevels) throw new CborError(`exceeded max nested level ${mostLevels}`)
    const first = this.#view.getUint8(this.#take(1))
    const [major, info] = [first >> 5, first & 0x1f]
    if (major === 7) return this.#simple(info)
    const count = this.#count(info)
    switch (major) {
      case 0:
        return Number(count)
      case 1:
        return Number(-1n - count)
      case 2:
        return encode(this.#slice(count))
      case 3:
        return asText(this.#slice(count))
      case 4:
        return this.#list(count, depth, encode)
      case 5:
        return this.#map(count, depth, encode)
      default:
        return this.#tagged(count, depth)
    }
  }

  #list(count: bigint, depth: number, encode: (bytes: Uint8Array) => string): unknown[] {
    const items: unknown[] = []
    for (let left = count; left > 0n; left--) items.push(this.item(depth + 1, encode))
    return items
  }

  #map(count: bigint, depth: number, encode: (bytes: Uint8Array) => string): object {
    const fields = new Map<string, unknown>()
    for (let left = count; left > 0n; left--) {
      const key = this.item(depth + 1)
      if (typeof key !== 'string') throw new CborError('a key of a map is no text')
      if (fields.has(key)) throw new CborError(`found duplicate map key ${JSON.stringify(key)}`)
      fields.set(key, this.item(depth + 1, encode))
    }
    return Object.fromEntries(fields)
  }

  #tagged(tag: bigint, depth: number): unknown {
    switch (tag) {
      case 21n:
        return this.item(depth + 1, (bytes) =>
          asBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
        )
      case 22n:
        return this.item(depth + 1, asBase64)
      case 23n:
        return this.item(depth + 1, asHex)
      case 0n:
      case 55799n:
        return this.item(depth + 1)
      default:
        throw new CborError(`tag ${tag} is not understood`)
    }
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
        return null
      case 25:
        return this.#finite(half(this.#view.getUint16(this.#take(2))))
      case 26:
        return this.#finite(this.#view.getFloat32(this.#take(4)))
      case 27:
        return this.#finite(this.#view.getFloat64(this.#take(8)))
      default:
        throw new CborError(`simple value ${info} is not understood`)
    }
  }

  #finite(value: number): number {
    if (!Number.isFinite(value)) throw new CborError('floating-point NaN or infinity')
    return value
  }

  #count(info: number): bigint {
    if (info < 24) return BigInt(info)
    if (info === 24) return BigInt(this.#view.getUint8(this.#take(1)))
    if (info === 25) return BigInt(this.#view.getUint16(this.#take(2)))
    if (info === 26) return BigInt(this.#view.getUint32(this.#take(4)))
    if (info === 27) return this.#view.getBigUint64(this.#take(8))
    throw new CborError('items of indefinite length are not understood')
  }

  #slice(count: bigint): Uint8Array {
    if (count > BigInt(this.#bytes.length)) throw new CborError('unexpected EOF')
    const start = this.#take(Number(count))
    return this.#bytes.subarray(start, this.#at)
  }

  #take(count: number): number {
    const start = this.#at
    if (start + count > this.#bytes.length) throw new CborError('unexpected EOF')
    this.#at += count
    return start
  }
}

function asText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new CborError('invalid UTF-8 string')
  }
}

const asBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
const asHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}
