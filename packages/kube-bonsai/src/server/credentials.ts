import { randomBytes, webcrypto } from 'node:crypto'

/** What one loopback server needs to be trusted and to know its admin: made for each start, kept nowhere. */
export interface Credentials {
  /** Bearer token of the admin (group system:masters). */
  readonly token: string
  /** PEM of the throw-away authority that signed the server's certificate. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const year = 365 * 24 * 3600 * 1000

/** A random bearer token. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Makes an authority and a server certificate for loopback names, valid for a year from `now` (milliseconds since the
 * epoch). The X.509 library loads only here.
 */
export async function newCredentials(now: number): Promise<Credentials> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const crypto = webcrypto as unknown as Crypto
  x509.cryptoProvider.set(crypto)
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + year) }
  const serialNumber = () => `00${randomBytes(15).toString('hex')}`

  const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: 'CN=bonsai-throw-away-ca',
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: 'CN=kube-apiserver',
    issuer: ca.subject,
    signingAlgorithm: algorithm,
    signingKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'kubernetes' },
        { type: 'dns', value: 'kubernetes.default' },
        { type: 'dns', value: 'kubernetes.default.svc' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  })
  const exported = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    token: newToken(),
    ca: ca.toString('pem'),
    certificate: certificate.toString('pem'),
    key: pem('PRIVATE KEY', exported),
  }
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
