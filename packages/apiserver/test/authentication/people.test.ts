import { expect, test } from 'vitest'
import { start, userIn } from './server.ts'

test('people are known by their tokens, and are authenticated', async () => {
  const { whoAmI } = await start()
  expect(userIn(await whoAmI({ authorization: 'Bearer jane-token' }))).toEqual({
    username: 'jane',
    uid: 'uid-jane',
    groups: ['dev', 'ops', 'system:authenticated'],
  })
  expect((await whoAmI({ authorization: 'bearer bob-token' })).status).toBe(201)
})

test('a token that nobody knows is refused, whatever is asked', async () => {
  const { send } = await start()
  const { status, body } = await send('GET', '/healthz', undefined, { authorization: 'Bearer garbage' })
  expect([status, body.message, body.reason]).toEqual([401, 'Unauthorized', 'Unauthorized'])
})

test('who bears no token is anonymous: so are other schemes, and a token after two spaces, which warns', async () => {
  const { send } = await start()
  const list = '/api/v1/namespaces/default/pods'
  const forbidden =
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"'
  for (const headers of [{}, { authorization: 'Basic eDp5' }, { authorization: 'Bearer' }])
    expect((await send('GET', list, undefined, headers)).body.message).toBe(forbidden)
  const spaced = await send('GET', list, undefined, { authorization: 'Bearer  jane-token' })
  expect(spaced.body.message).toBe(forbidden)
  expect(spaced.headers.get('warning')).toBe(
    '299 - "the provided Authorization header contains extra space before the bearer token, and is ignored"',
  )
})

test('without anonymous requests, who bears no token is refused', async () => {
  const { send } = await start({ authentication: { anonymous: false } })
  expect((await send('GET', '/version')).status).toBe(401)
})

test('a server to which nothing was said takes everybody without a token for the admin, and still knows other tokens', async () => {
  const { server } = await start()
  const open = await start({ authentication: undefined as never })
  expect(userIn(await open.whoAmI({}))).toMatchObject({ username: 'kubernetes-admin' })
  expect((await open.whoAmI({ authorization: 'Bearer garbage' })).status).toBe(401)
  expect(server).not.toBe(open.server)
})

test("a host's own authentication comes first, and leaves tokens of service accounts to the server", async () => {
  const own = { authenticate: () => undefined, authentication: undefined as never }
  const { whoAmI, server } = await start({ ...own })
  expect((await whoAmI({})).status).toBe(401)
  const request = { method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: {} } as const
  await server.transport.request({ ...request, body: { metadata: { name: 'robot' } } })
  const made = await server.transport.request({ ...request, path: `${request.path}/robot/token` })
  const { token } = (made.body as { readonly status: { readonly token: string } }).status
  expect(userIn(await whoAmI({ authorization: `Bearer ${token}` }))).toMatchObject({
    username: 'system:serviceaccount:default:robot',
  })
})

test('in process, a transport can be that of somebody else', async () => {
  const { server } = await start()
  const jane = server.transportAs({ name: 'jane', groups: ['dev', 'system:authenticated'], extra: { 'a.io/b': ['c'] } })
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const review = await jane.request({ method: 'POST', path, body: {} })
  expect(review.body).toMatchObject({ status: { userInfo: { username: 'jane', extra: { 'a.io/b': ['c'] } } } })
  expect((await jane.request({ method: 'GET', path: '/api/v1/nodes' })).status).toBe(403)
})
