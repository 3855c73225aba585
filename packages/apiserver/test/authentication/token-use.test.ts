import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { start, userIn } from './server.ts'

const issuer = 'https://kubernetes.default.svc'

test('whoever bears a token is its service account, with what else the token tells', async () => {
  const { whoAmI, token, admin } = await start()
  const node = await admin('POST', '/api/v1/nodes', { metadata: { name: 'n1' } })
  const spec = { serviceAccountName: 'robot', nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] }
  const pod = await admin('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec })
  const bound = await token({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } })
  expect(userIn(await whoAmI({ authorization: `Bearer ${bound}` }))).toEqual({
    username: 'system:serviceaccount:default:robot',
    uid: expect.any(String),
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)],
      'authentication.kubernetes.io/pod-name': ['p'],
      'authentication.kubernetes.io/pod-uid': [pod.body.metadata.uid],
      'authentication.kubernetes.io/node-name': ['n1'],
      'authentication.kubernetes.io/node-uid': [node.body.metadata.uid],
    },
  })
})

test('a review says who bears a token, and for whom it is', async () => {
  const { token, review } = await start()
  const both = await token({ audiences: ['vault', issuer] })
  expect(await review(both)).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:default:robot' },
    audiences: [issuer],
  })
  expect(await review(both, ['x', 'vault', issuer])).toMatchObject({ audiences: ['vault', issuer] })
  expect(await review('jane-token')).toMatchObject({
    authenticated: true,
    user: { username: 'jane', groups: ['dev', 'ops', 'system:authenticated'] },
  })
  expect(await review('jane-token', ['vault'])).toEqual({ user: {}, error: 'invalid bearer token' })
  expect(await review('garbage')).toEqual({ user: {}, error: 'invalid bearer token' })
  expect(await review(both, ['x'])).toEqual({
    user: {},
    error: `[invalid bearer token, token audiences ["vault" "${issuer}"] is invalid for the target audiences ["x"]]`,
  })
})

test('a review without a token is refused, and what it says of itself is kept', async () => {
  const { admin } = await start()
  const path = '/apis/authentication.k8s.io/v1/tokenreviews'
  expect((await admin('POST', path, { spec: {} })).body.message).toBe(
    'token is required for TokenReview in authentication',
  )
  const status = { authenticated: true, audiences: ['a'] }
  const { body } = await admin('POST', path, {
    metadata: { uid: 'u', labels: { a: 'b' } },
    spec: { token: 'x' },
    status,
  })
  expect(body.metadata).toMatchObject({ labels: { a: 'b' } })
  expect(body.metadata.uid).toBeUndefined()
  expect(body.status).toEqual({ audiences: ['a'], user: {}, error: 'invalid bearer token' })
})

test('others check tokens by the pages of the issuer', async () => {
  const { send, admin, token, clock } = await start()
  const json = { accept: 'application/json' }
  const page = await admin('GET', '/.well-known/openid-configuration', undefined, { ...json, host: 'api:6443' })
  expect(page.headers.get('cache-control')).toBe('public, max-age=3600')
  expect(page.body).toMatchObject({
    issuer,
    jwks_uri: expect.stringMatching(/^https:\/\/.*\/openid\/v1\/jwks$/),
    id_token_signing_alg_values_supported: ['ES256'],
  })
  const bearer = await token()
  const keys = await send('GET', '/openid/v1/jwks', undefined, { authorization: `Bearer ${bearer}` })
  expect(keys.headers.get('content-type')).toBe('application/jwk-set+json')
  const set = createLocalJWKSet(keys.body as unknown as JSONWebKeySet)
  const { payload } = await jwtVerify(bearer, set, { issuer, audience: issuer, currentDate: new Date(clock.now()) })
  expect(payload.sub).toBe('system:serviceaccount:default:robot')
  expect((await admin('GET', '/openid/v1/jwks', undefined, json)).status).toBe(406)
  expect((await admin('POST', '/openid/v1/jwks', {})).status).toBe(405)
  expect((await send('GET', '/openid/v1/jwks')).status).toBe(403)
})

test('the pages are there for issuers alone that can be found', async () => {
  const { admin } = await start({ serviceAccounts: { issuers: ['bonsai'] } })
  expect((await admin('GET', '/.well-known/openid-configuration')).status).toBe(404)
})

test.each([
  [
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    'RS256',
  ],
  [{ name: 'ECDSA', namedCurve: 'P-384' }, 'ES384'],
])('keys can be given: %o', async (algorithm, expected) => {
  const signingKey = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const old = await start()
  const { token, review } = await start({ serviceAccounts: { signingKey } })
  const made = await token()
  expect(JSON.parse(atob(made.split('.')[0] ?? ''))).toMatchObject({ alg: expected })
  expect(await review(made)).toMatchObject({ authenticated: true })
  expect(await old.review(made)).toMatchObject({ error: '[invalid bearer token, invalid signature, no keys found]' })
})

test('keys that cannot sign tokens are refused by name', async () => {
  const signingKey = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ])) as CryptoKeyPair
  const { admin } = await start({ serviceAccounts: { signingKey } })
  const { status, body } = await admin('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { spec: {} })
  expect(status).toBe(500)
  expect(body.message).toContain('unsupported: a key for ECDH P-256')
})
