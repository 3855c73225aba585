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
  return list === undefined ? undefined : { isCA: list.some(makesCA) }
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
