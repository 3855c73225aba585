import type { ApiResponse, Unstructured } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

async function start() {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('deletion') })
  await server.bootstrap()
  const maps = '/api/v1/namespaces/default/configmaps'
  const create = (metadata: object) =>
    server.transport.request({ method: 'POST', path: maps, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
  const remove = (name: string, body?: object) =>
    server.transport.request({ method: 'DELETE', path: `${maps}/${name}`, ...(body && { body }) })
  const read = (name: string) => server.transport.request({ method: 'GET', path: `${maps}/${name}` })
  return { server, maps, create, remove, read }
}

const metadataOf = ({ body }: ApiResponse) => (body as Unstructured).metadata
const messageOf = ({ body }: ApiResponse) => (body as Unstructured)['message']

test('a finalizer holds an object until an update takes the last one away', async () => {
  const { server, maps, create, remove, read } = await start()
  await create({ name: 'held', finalizers: ['example.com/hold'] })
  const marked = await remove('held')
  expect(metadataOf(marked)).toMatchObject({ deletionGracePeriodSeconds: 0 })
  expect(messageOf(await create({ name: 'held' }))).toBe('object is being deleted: configmaps "held" already exists')
  const released = await server.transport.request({
    method: 'PATCH',
    path: `${maps}/held`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { metadata: { finalizers: null } },
  })
  expect(released.status).toBe(200)
  expect(metadataOf(released).resourceVersion).toBe(metadataOf(marked).resourceVersion)
  expect((await read('held')).status).toBe(404)
})

test('a precondition that does not hold is a conflict that names the kind', async () => {
  const { create, remove } = await start()
  await create({ name: 'a' })
  const answer = await remove('a', { preconditions: { uid: 'other' } })
  expect(answer.status).toBe(409)
  expect(messageOf(answer)).toMatch(/^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition/)
})

test('a dry run deletes nothing', async () => {
  const { create, remove, read } = await start()
  await create({ name: 'a' })
  expect((await remove('a', { dryRun: ['All'] })).status).toBe(200)
  expect((await read('a')).status).toBe(200)
})

test('the system namespaces cannot be deleted', async () => {
  const { server } = await start()
  const answer = await server.transport.request({ method: 'DELETE', path: '/api/v1/namespaces/default' })
  expect(messageOf(answer)).toBe('namespaces "default" is forbidden: this namespace may not be deleted')
})

test('a pod that ends can have its status written; the deletion stays', async () => {
  const { server } = await start()
  const send = (method: 'POST' | 'DELETE' | 'PATCH', path: string, body?: object) =>
    server.transport.request({
      method,
      path: `/api/v1/namespaces/default/${path}`,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
      ...(body && { body }),
    })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await send('POST', 'serviceaccounts', account)
  const spec = { containers: [{ name: 'c', image: 'i' }], nodeName: 'n' }
  await send('POST', 'pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  const { deletionTimestamp } = metadataOf(await send('DELETE', 'pods/p'))
  expect(deletionTimestamp).toBeDefined()
  const written = await send('PATCH', 'pods/p/status', { status: { message: 'ending' } })
  expect(written.status).toBe(200)
  expect(metadataOf(written).deletionTimestamp).toBe(deletionTimestamp)
})
