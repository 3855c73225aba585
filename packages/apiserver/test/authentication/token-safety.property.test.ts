import fc from 'fast-check'
import { CompactSign, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { claimsOf, start } from './server.ts'

const base = '/api/v1/namespaces/default'

test('a token is never taken when its end is more than a minute ago', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 600, max: 100_000 }), fc.nat(200_000), async (expirationSeconds, later) => {
      const { token, review, clock } = await start()
      const made = await token({ expirationSeconds })
      await clock.advance(later * 1000)
      const { authenticated = false } = await review(made)
      expect(authenticated).toBe(later <= expirationSeconds + 60)
    }),
    { numRuns: 15 },
  )
})

test('a token is never taken for another audience', async () => {
  const { token, review } = await start()
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(names, names, async (own, asked) => {
      const { authenticated = false } = await review(await token({ audiences: own }), asked)
      expect(authenticated).toBe(asked.some((one) => own.includes(one)))
    }),
    { numRuns: 40 },
  )
})

test.each([
  ['pods', 'Pod', { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'i' }] }],
  ['secrets', 'Secret', undefined],
])('a token is never taken after what it is bound to is gone: %s', async (resource, kind, spec) => {
  const { admin, token, review } = await start()
  const make = () => admin('POST', `${base}/${resource}`, { metadata: { name: 'x' }, ...(spec && { spec }) })
  await make()
  const made = await token({ boundObjectRef: { kind, apiVersion: 'v1', name: 'x' } })
  expect(await review(made)).toMatchObject({ authenticated: true })
  await admin('DELETE', `${base}/${resource}/x?gracePeriodSeconds=0`)
  expect(await review(made)).toMatchObject({ error: expect.stringContaining('token has been invalidated') })
  await make()
  expect(await review(made)).toMatchObject({ error: expect.stringContaining('UID') })
})

test('a token is never taken after its account is gone, even when another has its name', async () => {
  const { admin, token, review } = await start()
  const made = await token()
  await admin('DELETE', `${base}/serviceaccounts/robot`)
  expect(await review(made)).toMatchObject({ error: expect.stringContaining('serviceaccounts "robot" not found') })
  await admin('POST', `${base}/serviceaccounts`, { metadata: { name: 'robot' } })
  expect(await review(made)).toMatchObject({ error: expect.stringContaining('does not match claim') })
})

test('no token that was changed is taken', async () => {
  const { token, whoAmI } = await start()
  const made = await token()
  const end = made.lastIndexOf('.')
  await fc.assert(
    fc.asyncProperty(fc.nat(end - 1), fc.constantFrom('A', 'z', '_', '.', '='), async (at, letter) => {
      fc.pre(made[at] !== letter)
      const forged = made.slice(0, at) + letter + made.slice(at + 1)
      expect((await whoAmI({ authorization: `Bearer ${forged}` })).status).toBe(401)
    }),
    { numRuns: 60 },
  )
})

test('tokens of other keys, unsigned, cut short and huge ones are refused', async () => {
  const { token, review } = await start()
  const made = await token()
  const payload = new TextEncoder().encode(JSON.stringify(claimsOf(made)))
  const { privateKey } = await generateKeyPair('ES256')
  const other = await new CompactSign(payload).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
  const shared = await new CompactSign(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode('a secret that is long enough to sign'))
  const unsigned = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${made.split('.')[1]}.`
  for (const forged of [other, shared, unsigned, made.slice(0, -20), '..', 'a.b.c', `${'a'.repeat(1_000_000)}.b.c`])
    expect(await review(forged)).not.toHaveProperty('authenticated')
})
