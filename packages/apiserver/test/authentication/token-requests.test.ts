import { expect, test } from 'vitest'
import { claimsOf, start } from './server.ts'

const accounts = '/api/v1/namespaces/default/serviceaccounts'

test('a token says whose it is, for whom, and for how long', async () => {
  const { admin, clock } = await start()
  const { status, body } = await admin('POST', `${accounts}/robot/token`, { spec: {} })
  const now = clock.now() / 1000
  expect(status).toBe(201)
  expect(body).toMatchObject({
    kind: 'TokenRequest',
    metadata: { name: 'robot', namespace: 'default' },
    spec: { audiences: ['https://kubernetes.default.svc'], expirationSeconds: 3600, boundObjectRef: null },
    status: { expirationTimestamp: new Date((now + 3600) * 1000).toISOString().replace('.000Z', 'Z') },
  })
  const { uid } = body.metadata
  expect(claimsOf(String(body.status?.['token']))).toEqual({
    aud: ['https://kubernetes.default.svc'],
    exp: now + 3600,
    iat: now,
    iss: 'https://kubernetes.default.svc',
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid } },
    nbf: now,
    sub: 'system:serviceaccount:default:robot',
  })
})

test.each([
  [599, 'may not specify a duration less than 10 minutes'],
  [0, 'may not specify a duration less than 10 minutes'],
  [2 ** 32 + 1, 'may not specify a duration larger than 2^32 seconds'],
])('a token for %d seconds is refused', async (expirationSeconds, why) => {
  const { admin } = await start()
  const { status, body } = await admin('POST', `${accounts}/robot/token`, { spec: { expirationSeconds } })
  expect(status).toBe(422)
  expect(body.message).toBe(
    `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${expirationSeconds}: ${why}`,
  )
})

test.each([
  [{ kind: 'Pod', apiVersion: 'v1', name: 'zz' }, 404, 'pods "zz" not found'],
  [{ kind: 'Secret', apiVersion: 'v1', name: 'zz' }, 404, 'secrets "zz" not found'],
  [{ kind: 'Node', apiVersion: 'v1', name: 'zz' }, 404, 'nodes "zz" not found'],
  [{ kind: 'ConfigMap', apiVersion: 'v1', name: 'a' }, 400, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
  [{ kind: 'Pod', apiVersion: 'apps/v1', name: 'a' }, 400, 'cannot bind token to object of type apps/v1, Kind=Pod'],
  [{ kind: 'Pod', apiVersion: 'a/b/c', name: 'a' }, 404, 'pods "a" not found'],
  [{}, 400, 'cannot bind token to object of type /, Kind='],
  [{ kind: 'Pod', apiVersion: 'v1' }, 400, 'Name parameter required.'],
  [{ kind: 'Pod', apiVersion: 'v1', name: 'a/b' }, 400, `Name parameter invalid: "a/b": may not contain '/'`],
  [{ kind: 'Pod', apiVersion: 'v1', name: '..' }, 400, `Name parameter invalid: "..": may not be '..'`],
])('a token cannot be bound to %j', async (boundObjectRef, code, message) => {
  const { admin } = await start()
  const { status, body } = await admin('POST', `${accounts}/robot/token`, { spec: { boundObjectRef } })
  expect([status, body.message]).toEqual([code, message])
})

test('names and uids of a request have to be those of the account', async () => {
  const { admin } = await start()
  const ask = async (metadata: object, account = 'robot') =>
    (await admin('POST', `${accounts}/${account}/token`, { metadata, spec: {} })).body
  expect((await ask({}, 'zz')).message).toBe('serviceaccounts "zz" not found')
  expect((await ask({ name: 'other' })).message).toBe(
    'TokenRequest.authentication.k8s.io "robot" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
  )
  expect((await ask({ namespace: 'other' })).message).toBe(
    'the namespace of the provided object does not match the namespace sent on the request',
  )
  const { metadata } = await ask({})
  expect((await ask({ uid: 'x' })).message).toBe(
    `Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "robot": the UID in the token request (x) does not match the UID of the service account (${metadata.uid})`,
  )
  expect((await ask({ uid: metadata.uid })).status).toMatchObject({ token: expect.any(String) })
})

test('another uid is a warning where the gate is off', async () => {
  const { admin } = await start({ featureGates: 'TokenRequestServiceAccountUIDValidation=false' })
  const { status, headers } = await admin('POST', `${accounts}/robot/token`, { metadata: { uid: 'x' }, spec: {} })
  expect(status).toBe(201)
  expect(headers.get('warning')).toContain('In the future, this will return a conflict error')
})

test('a token of a pod tells of the pod and its node; that of its volume stays good for a year', async () => {
  const { admin, token } = await start()
  const spec = { serviceAccountName: 'robot', nodeName: 'gone', containers: [{ name: 'c', image: 'i' }] }
  const made = await admin('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec })
  const { uid } = made.body.metadata
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p' }
  const plain = claimsOf(await token({ boundObjectRef }))
  expect(plain['kubernetes.io']).toMatchObject({ pod: { name: 'p', uid }, node: { name: 'gone' } })
  const own = claimsOf(await token({ boundObjectRef, expirationSeconds: 3607 }))
  expect(Number(own['exp']) - Number(own['iat'])).toBe(365 * 24 * 3600)
  expect(own['kubernetes.io']).toMatchObject({ warnafter: Number(own['iat']) + 3607 })
  const other = claimsOf(await token({ boundObjectRef, expirationSeconds: 3607, audiences: ['vault'] }))
  expect(Number(other['exp']) - Number(other['iat'])).toBe(3607)
  const wrong = await admin('POST', `${accounts}/default/token`, { spec: { boundObjectRef } })
  expect(wrong.status).toBe(404)
  await admin('POST', accounts, { metadata: { name: 'other' } })
  expect((await admin('POST', `${accounts}/other/token`, { spec: { boundObjectRef } })).body.message).toBe(
    'cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
  )
  const uids = await admin('POST', `${accounts}/robot/token`, {
    spec: { boundObjectRef: { ...boundObjectRef, uid: 'x' } },
  })
  expect(uids.body.message).toBe(
    `Operation cannot be fulfilled on Pod "p": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated`,
  )
})

test('a server can shorten tokens, and says so', async () => {
  const { admin } = await start({ serviceAccounts: { maxExpirationSeconds: 7200 } })
  const { body, headers } = await admin('POST', `${accounts}/robot/token`, { spec: { expirationSeconds: 86_400 } })
  expect(body.spec).toMatchObject({ expirationSeconds: 7200 })
  expect(headers.get('warning')).toBe('299 - "requested expiration of 86400 seconds shortened to 7200 seconds"')
})

test.each([
  [{ issuers: [] }, 'service-account-issuer is a required flag'],
  [{ issuers: ['http://['] }, 'was not a valid URL'],
  [{ maxExpirationSeconds: 60 }, 'must be between 1 hour and 2^32 seconds'],
])('options that fit nothing are refused: %j', async (serviceAccounts, why) => {
  await expect(start({ serviceAccounts })).rejects.toThrow(why)
})
