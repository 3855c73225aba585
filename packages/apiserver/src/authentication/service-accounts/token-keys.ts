import type * as Jose from 'jose'

/** A key by which tokens are checked. */
export interface VerificationKey {
  /** Derived from the key, so that whoever has it needs no list. */
  readonly id: string
  /** RS256, ES256, ES384 or ES512. */
  readonly algorithm: string
  readonly key: CryptoKey
  /** As `/openid/v1/jwks` shows it. */
  readonly jwk: Readonly<Record<string, unknown>>
}

/** What tokens of service accounts are signed with and checked by. */
export interface TokenKeys {
  readonly verification: readonly VerificationKey[]
  /** The text as a signed token. */
  sign(payload: string): Promise<string>
  /** The payload of a token that the key signed; undefined when it did not. */
  verify(token: string, key: VerificationKey): Promise<Uint8Array | undefined>
}

/**
 * Makes keys ready for use. Rejects with a RangeError for keys of other kinds than RSA (RSASSA-PKCS1-v1_5 with SHA-256)
 * and ECDSA on P-256, P-384 and P-521, and for a public key that may not be exported.
 *
 * @param signing the pair that signs; a new one for ES256 when absent
 * @param more public keys by which tokens are checked beside that of the pair, such as one that signed before
 * @see pkg/serviceaccount/jwt.go
 */
export async function loadTokenKeys(signing?: CryptoKeyPair, more: readonly CryptoKey[] = []): Promise<TokenKeys> {
  const jose = await import('jose')
  const pair = signing ?? (await jose.generateKeyPair('ES256', { extractable: true }))
  const own = await verificationKey(jose, pair.publicKey)
  const verification = [own, ...(await Promise.all(more.map((key) => verificationKey(jose, key))))]
  const encoder = new TextEncoder()
  const inTurn = oneByOne()
  return {
    verification,
    sign: (payload) =>
      inTurn(() =>
        new jose.CompactSign(encoder.encode(payload))
          .setProtectedHeader({ alg: own.algorithm, kid: own.id })
          .sign(pair.privateKey),
      ),
    verify: (token, { key, algorithm }) =>
      inTurn(async () => {
        try {
          return (await jose.compactVerify(token, key, { algorithms: [algorithm] })).payload
        } catch {
          return undefined
        }
      }),
  }
}

/**
 * Begins a task when the one before has ended. Threads of the host work on keys and end in any order; what happens in a cluster must
 * not depend on that.
 */
function oneByOne(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    last = next.catch(() => undefined)
    return next
  }
}

async function verificationKey(jose: typeof Jose, key: CryptoKey): Promise<VerificationKey> {
  const algorithm = algorithmOf(key)
  if (!key.extractable) throw new RangeError('the public key of service account tokens has to be extractable')
  const id = await keyId(key)
  return { id, algorithm, key, jwk: { use: 'sig', ...(await jose.exportJWK(key)), kid: id, alg: algorithm } }
}

/** The SHA-256 of the key's DER, so that the identifier tells nothing of the key. */
async function keyId(key: CryptoKey): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await crypto.subtle.exportKey('spki', key))
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const curves: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

function algorithmOf({ algorithm }: CryptoKey): string {
  const { name, hash, namedCurve = '' } = algorithm as KeyAlgorithm & Partial<RsaHashedKeyAlgorithm & EcKeyAlgorithm>
  const found = name === 'ECDSA' ? curves[namedCurve] : undefined
  if (found !== undefined) return found
  if (name === 'RSASSA-PKCS1-v1_5' && hash?.name === 'SHA-256') return 'RS256'
  throw new RangeError(
    `unsupported: a key for ${name} ${namedCurve || (hash?.name ?? '')} to sign service account tokens`,
  )
}
