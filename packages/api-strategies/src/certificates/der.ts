/** One value of DER: its tag and what is in it. */
export interface DerValue {
  readonly tag: number
  readonly bytes: Uint8Array
}

export const sequence = 0x30
const objectIdentifier = 0x06
const bitString = 0x03
const integer = 0x02
const boolean = 0x01
const octetString = 0x04
const version = 0xa0
const extensions = 0xa3

/** The values that stand one after the other; undefined when the bytes are no DER. */
export function derValues(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    const first = bytes[at + 1]
    if (first === undefined) return undefined
    let length = first
    at += 2
    if (first >= 0x80) {
      const size = first & 0x7f
      if (size === 0 || size > 4) return undefined
      length = 0
      for (const byte of bytes.subarray(at, at + size)) length = length * 256 + byte
      at += size
    }
    if (at + length > bytes.length) return undefined
    values.push({ tag, bytes: bytes.subarray(at, at + length) })
    at += length
  }
  return values
}

const isTagged = (value: DerValue | undefined, tag: number): value is DerValue => value?.tag === tag

/** The values in one sequence that is all there is. */
function inSequence(bytes: Uint8Array): readonly DerValue[] | undefined {
  const [only, ...more] = derValues(bytes) ?? []
  return isTagged(only, sequence) && more.length === 0 ? derValues(only.bytes) : undefined
}

/** What an X.509 certificate says of itself, as far as trust in it is concerned. */
export interface CertificateFacts {
  readonly isCA: boolean
  /** The public key with its algorithm, in DER. */
  readonly publicKey: Uint8Array
}

const basicConstraints = '551d13'
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Reads the form of a certificate; undefined for what is none. Names, dates, keys and signatures are not looked at. */
export function parseCertificate(bytes: Uint8Array): CertificateFacts | undefined {
  const [body, algorithm, signature] = inSequence(bytes) ?? []
  if (!isTagged(body, sequence) || !isTagged(algorithm, sequence) || !isTagged(signature, bitString)) return undefined
  const fields = derValues(body.bytes)
  if (fields === undefined) return undefined
  const rest = isTagged(fields[0], version) ? fields.slice(1) : fields
  const [serial, ...parts] = rest
  const required = parts.slice(0, 5)
  if (!isTagged(serial, integer) || required.length < 5 || required.some(({ tag }) => tag !== sequence))
    return undefined
  const extended = parts.find(({ tag }) => tag === extensions)
  const list = extended === undefined ? [] : inSequence(extended.bytes)
  const key = required[4]?.bytes ?? new Uint8Array()
  return list === undefined ? undefined : { isCA: list.some(makesCA), publicKey: inTag(sequence, key) }
}

/** Bytes as the content of a value. */
function inTag(tag: number, bytes: Uint8Array): Uint8Array {
  const digits: number[] = []
  for (let left = bytes.length; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256)
  const length = bytes.length < 0x80 ? [bytes.length] : [0x80 + digits.length, ...digits]
  return Uint8Array.from([tag, ...length, ...bytes])
}

function makesCA({ bytes }: DerValue): boolean {
  const parts = derValues(bytes) ?? []
  const content = parts.at(-1)
  if (!isTagged(parts[0], objectIdentifier) || hex(parts[0].bytes) !== basicConstraints) return false
  if (!isTagged(content, octetString)) return false
  const [flag] = inSequence(content.bytes) ?? []
  return isTagged(flag, boolean) && flag.bytes[0] === 0xff
}

/** A kind of public keys that can sign, and how large the key is where that matters. */
export type PublicKeyKind =
  | { readonly kind: 'ed25519' | 'other' }
  | { readonly kind: 'ecdsa'; readonly curve: string }
  | { readonly kind: 'rsa'; readonly bytes: number }

const curves: Readonly<Record<string, string>> = {
  '2b81040021': 'P-224',
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/** What kind of key bytes are that have the form of one. */
export function publicKeyKind(bytes: Uint8Array): PublicKeyKind {
  const [algorithm, key] = inSequence(bytes) ?? []
  const [type, parameter] = (algorithm && derValues(algorithm.bytes)) ?? []
  switch (type && hex(type.bytes)) {
    case '2b6570':
      return { kind: 'ed25519' }
    case '2a8648ce3d0201':
      return { kind: 'ecdsa', curve: curves[parameter ? hex(parameter.bytes) : ''] ?? '' }
    case '2a864886f70d010101': {
      // The bit string begins with how many bits of its last byte are unused, a number with a zero where it would be negative.
      const [modulus] = inSequence(key?.bytes.subarray(1) ?? new Uint8Array()) ?? []
      const digits = modulus?.bytes ?? new Uint8Array()
      return { kind: 'rsa', bytes: digits[0] === 0 ? digits.length - 1 : digits.length }
    }
    default:
      return { kind: 'other' }
  }
}

/** What tells a key from others of its kind: the modulus of RSA, the point of a curve; the same for a public and a private key. */
export interface KeyIdentity {
  readonly kind: 'rsa' | 'ecdsa' | 'ed25519' | 'other'
  /** In hexadecimal digits; absent where it cannot be read off. */
  readonly identity?: string
}

const numberText = (bytes: Uint8Array): string => hex(bytes).replace(/^(?:00)+/, '')

/** The identity of a public key. */
export function publicKeyIdentity(bytes: Uint8Array): KeyIdentity {
  const { kind } = publicKeyKind(bytes)
  const [, key] = inSequence(bytes) ?? []
  const content = key?.bytes.subarray(1) ?? new Uint8Array()
  if (kind !== 'rsa') return kind === 'ecdsa' ? { kind, identity: hex(content) } : { kind }
  const [modulus] = inSequence(content) ?? []
  return modulus === undefined ? { kind } : { kind, identity: numberText(modulus.bytes) }
}

const explicitPublicKey = 0xa1
const primeNumbers = 9

/** The identity of a private key in any of the forms that there are; undefined for bytes in none of them. */
export function privateKeyIdentity(bytes: Uint8Array): KeyIdentity | undefined {
  const [first, second, third, ...rest] = inSequence(bytes) ?? []
  if (first?.tag !== integer || second === undefined) return undefined
  if (second.tag === integer) {
    const isRsa = rest.length + 3 >= primeNumbers && [third, ...rest].every((value) => value?.tag === integer)
    return isRsa ? { kind: 'rsa', identity: numberText(second.bytes) } : undefined
  }
  if (second.tag === sequence && third?.tag === octetString) {
    const { kind } = publicKeyKind(inTag(sequence, inTag(sequence, second.bytes)))
    return kind === 'rsa' || kind === 'ecdsa' ? privateKeyIdentity(third.bytes) : { kind }
  }
  if (second.tag !== octetString) return undefined
  const point = [third, ...rest].find((value) => value?.tag === explicitPublicKey)
  const [bits] = (point && derValues(point.bytes)) ?? []
  return bits?.tag === bitString ? { kind: 'ecdsa', identity: hex(bits.bytes.subarray(1)) } : { kind: 'ecdsa' }
}

/** Whether bytes have the form of a signature by a key of a kind. */
export function isSignature(bytes: Uint8Array, key: PublicKeyKind): boolean {
  switch (key.kind) {
    case 'ed25519':
      return bytes.length === 64
    case 'rsa':
      return bytes.length === key.bytes
    case 'ecdsa': {
      const numbers = inSequence(bytes) ?? []
      return numbers.length === 2 && numbers.every(({ tag }) => tag === integer)
    }
    case 'other':
      return false
  }
}

/** Whether bytes have the form of a public key with its algorithm. */
export function isPublicKey(bytes: Uint8Array): boolean {
  const [algorithm, key] = inSequence(bytes) ?? []
  if (!isTagged(algorithm, sequence) || !isTagged(key, bitString)) return false
  return isTagged((derValues(algorithm.bytes) ?? [])[0], objectIdentifier)
}
