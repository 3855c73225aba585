import { parseCertificate, privateKeyIdentity, publicKeyIdentity } from '../../certificates/der.ts'
import { type PemBlock, pemBlocks } from '../../certificates/pem.ts'

const certificate = 'CERTIFICATE'
const isKey = ({ type }: PemBlock): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')

/**
 * What keeps a certificate and a private key, both PEM, from being a pair, in the words of Go's crypto/tls; undefined for a
 * pair. Keys are compared where their forms show it: a private key of Ed25519, or of a curve without its point, passes.
 *
 * @see https://pkg.go.dev/crypto/tls#X509KeyPair
 */
export function keyPairProblem(certificatePem: string, keyPem: string): string | undefined {
  const blocks = pemBlocks(certificatePem)
  const [leaf] = blocks.filter(({ type }) => type === certificate)
  if (leaf === undefined) return `tls: ${missingCertificate(blocks)}`
  const keyBlocks = pemBlocks(keyPem)
  const place = keyBlocks.findIndex(isKey)
  const key = keyBlocks[place]
  if (key === undefined) return `tls: ${missingKey(keyBlocks)}`
  const parsed = parseCertificate(leaf.bytes)
  if (parsed === undefined) return 'x509: malformed certificate'
  const own = privateKeyIdentity(key.bytes)
  if (own === undefined) return 'tls: failed to parse private key'
  if (own.kind === 'other') return 'tls: found unknown private key type in PKCS#8 wrapping'
  const wanted = publicKeyIdentity(parsed.publicKey)
  if (wanted.kind === 'other') return 'tls: unknown public key algorithm'
  if (wanted.kind !== own.kind) return 'tls: private key type does not match public key type'
  const differ = own.identity !== undefined && wanted.identity !== undefined && own.identity !== wanted.identity
  return differ ? 'tls: private key does not match public key' : undefined
}

const typesOf = (blocks: readonly PemBlock[]): string => `[${blocks.map(({ type }) => type).join(' ')}]`

function missingCertificate(blocks: readonly PemBlock[]): string {
  const [first] = blocks
  if (first === undefined) return 'failed to find any PEM data in certificate input'
  if (blocks.length === 1 && first.type.endsWith('PRIVATE KEY')) {
    const found = 'but did find a private key; PEM inputs may have been switched'
    return `failed to find certificate PEM data in certificate input, ${found}`
  }
  const skipped = `after skipping PEM blocks of the following types: ${typesOf(blocks)}`
  return `failed to find "CERTIFICATE" PEM block in certificate input ${skipped}`
}

function missingKey(blocks: readonly PemBlock[]): string {
  const [first] = blocks
  if (first === undefined) return 'failed to find any PEM data in key input'
  if (blocks.length === 1 && first.type === certificate) {
    return 'found a certificate rather than a key in the PEM for the private key'
  }
  const skipped = `after skipping PEM blocks of the following types: ${typesOf(blocks)}`
  return `failed to find PEM block with type ending in "PRIVATE KEY" in key input ${skipped}`
}
