import { expect, it } from 'vitest'
import { loadTokenKeys } from '../../src/authentication/service-accounts/token-keys.ts'

it('signatures are made and checked in the order in which they are asked for, however long each takes', async () => {
  const keys = await loadTokenKeys()
  const [key] = keys.verification
  if (key === undefined) throw new Error('no key')
  const long = await keys.sign('x'.repeat(4_000_000))
  const done: string[] = []
  const note = (name: string, work: Promise<unknown>) => work.then(() => done.push(name))
  await Promise.all([
    note('signs much', keys.sign('y'.repeat(4_000_000))),
    note('signs little', keys.sign('y')),
    note('checks much', keys.verify(long, key)),
    note('checks what is no token', keys.verify('a.b.c', key)),
    note('signs little again', keys.sign('z')),
  ])
  expect(done).toEqual(['signs much', 'signs little', 'checks much', 'checks what is no token', 'signs little again'])
})
