import { expect, test } from 'vitest'
import { start, userIn } from './server.ts'

const as = (headers: Record<string, string>, token = 'admin') => ({
  authorization: `Bearer ${token}-token`,
  ...headers,
})

test.each([
  [{ 'impersonate-user': 'x' }, { username: 'x', groups: ['system:authenticated'] }],
  [
    { 'impersonate-user': 'x', 'impersonate-group': 'a, b' },
    { username: 'x', groups: ['a', 'b', 'system:authenticated'] },
  ],
  [
    { 'impersonate-user': 'system:serviceaccount:a:b' },
    { groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'] },
  ],
  [
    { 'impersonate-user': 'x', 'impersonate-uid': 'u', 'impersonate-extra-a.io%2fb': 'c' },
    { uid: 'u', extra: { 'a.io/b': ['c'] } },
  ],
])('who may do so acts as somebody else: %j', async (headers, expected) => {
  const { whoAmI } = await start()
  expect(userIn(await whoAmI(as(headers)))).toMatchObject(expected)
})

test('others are told what they may not be', async () => {
  const { whoAmI } = await start()
  const { status, body } = await whoAmI(as({ 'impersonate-user': 'x' }, 'bob'))
  expect(status).toBe(403)
  expect(body.message).toBe(
    'users "x" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
  )
})

test('groups without a user are refused, in the words of either filter', async () => {
  const headers = as({ 'impersonate-group': 'dev' })
  const { whoAmI } = await start()
  expect((await whoAmI(headers)).body.message).toBe('requested [{Group  dev    }] without impersonating a user')
  const constrained = await start({ featureGates: 'ConstrainedImpersonation=true' })
  expect((await constrained.whoAmI(headers)).body.message).toBe(
    'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string(nil)} without impersonating a user name',
  )
})

test('constrained impersonation is for some requests, and remembers the way that was open last', async () => {
  const { whoAmI } = await start({ featureGates: 'ConstrainedImpersonation=true' })
  const node = async () => userIn(await whoAmI(as({ 'impersonate-user': 'system:node:n1' })))
  expect(await node()).toMatchObject({ groups: ['system:nodes', 'system:authenticated'] })
  await whoAmI(as({ 'impersonate-user': 'x', 'impersonate-group': 'system:masters' }))
  expect(await node()).toMatchObject({ groups: ['system:authenticated'] })
  expect((await whoAmI(as({ 'impersonate-user': 'x' }, 'bob'))).body.message).toBe(
    'selfsubjectreviews.authentication.k8s.io is forbidden: User "bob" cannot impersonate-on:user-info:create resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope',
  )
})
