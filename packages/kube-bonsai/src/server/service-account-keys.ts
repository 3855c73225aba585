import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto'

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** A new pair of RSA keys for the tokens of service accounts, as kubeadm makes it. */
export async function newServiceAccountKeys(): Promise<CryptoKeyPair> {
  const algorithm = { ...rsa, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
}

/**
 * Reads a private key, RSA or ECDSA, as PEM: `--service-account-signing-key-file`.
 * Rejects with an Error that says what is wrong for text that holds none.
 */
export async function readSigningKeys(pem: string): Promise<CryptoKeyPair> {
  const key = createPrivateKey(pem)
  const bytes = key.export({ type: 'pkcs8', format: 'der' })
  const privateKey = await webcrypto.subtle.importKey('pkcs8', bytes, algorithmOf(key), false, ['sign'])
  return { privateKey: privateKey as CryptoKey, publicKey: await publicKeyOf(createPublicKey(key)) }
}

/**
 * Reads every key of a file, public or private, as the public keys by which tokens are checked: `--service-account-key-file`.
 * Rejects with an Error when there is none, or one cannot be read.
 */
export async function readVerificationKeys(pem: string): Promise<readonly CryptoKey[]> {
  const blocks = pem.match(/-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g) ?? []
  const wanted = blocks.filter((block) => !block.startsWith('-----BEGIN EC PARAMETERS'))
  if (wanted.length === 0) throw new Error('data does not contain any valid RSA or ECDSA public keys')
  return Promise.all(wanted.map((block) => publicKeyOf(createPublicKey(block))))
}

async function publicKeyOf(key: KeyObject): Promise<CryptoKey> {
  const bytes = key.export({ type: 'spki', format: 'der' })
  return (await webcrypto.subtle.importKey('spki', bytes, algorithmOf(key), true, ['verify'])) as CryptoKey
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  if (asymmetricKeyType === 'rsa') return rsa
  const namedCurve = curves[asymmetricKeyDetails?.namedCurve ?? '']
  if (asymmetricKeyType === 'ec' && namedCurve !== undefined) return { name: 'ECDSA', namedCurve }
  throw new Error(`unsupported: a key of the type ${asymmetricKeyType} for the tokens of service accounts`)
}
