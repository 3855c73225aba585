import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { keyPairProblem } from '../src/core/secret/key-pair.ts'
import { context, defaulted, strategyOf } from './objects.ts'

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

/** The form of a certificate about a key, which nobody signed. */
function certificateOf(publicKey: KeyObject): string {
  const empty = der(0x30)
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const body = der(0x30, der(0x02, Buffer.from([1])), empty, empty, empty, empty, key)
  const text = der(0x30, body, empty, der(0x03, Buffer.from([0]))).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1'): string =>
  key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString()

const curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const certificate = certificateOf(curve.publicKey)
const key = pem(curve.privateKey, 'pkcs8')
const sameKey = pem(curve.privateKey, 'sec1')
const otherKey = pem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey, 'pkcs8')
const edwards = pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8')
const rsaCertificate = certificateOf(rsa.publicKey)

describe('a certificate and a private key', () => {
  test.each<[string, string, string, string | undefined]>([
    ['a pair', certificate, key, undefined],
    ['a pair in the older form', certificate, sameKey, undefined],
    ['a pair of RSA', rsaCertificate, pem(rsa.privateKey, 'pkcs1'), undefined],
    ['the same in the newer form', rsaCertificate, pem(rsa.privateKey, 'pkcs8'), undefined],
    ['another key', certificate, otherKey, 'tls: private key does not match public key'],
    ['a key of another type', certificate, edwards, 'tls: private key type does not match public key type'],
    ['nothing', '', '', 'tls: failed to find any PEM data in certificate input'],
    ['no key', certificate, 'x', 'tls: failed to find any PEM data in key input'],
    [
      'both in the place of the other',
      key,
      certificate,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      'two certificates',
      certificate,
      certificate,
      'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      'a key that is none',
      certificate,
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      'tls: failed to parse private key',
    ],
  ])('%s', (_, certificatePem, keyPem, problem) => {
    expect(keyPairProblem(certificatePem, keyPem)).toBe(problem)
  })

  test('a secret for TLS warns when they are no pair', () => {
    const data = { 'tls.crt': btoa(certificate), 'tls.key': btoa(otherKey) }
    const secret = (type: string) =>
      defaulted({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, type, data })
    const tls = secret('kubernetes.io/tls')
    expect(strategyOf(tls).warningsOnCreate?.(tls, context)).toEqual(['tls: private key does not match public key'])
    expect(strategyOf(tls).warningsOnCreate?.(secret('Opaque'), context)).toEqual([])
  })
})
