import { decodeObject, encodeObject } from '@kube-bonsai/api-protobuf'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

const type = 'application/vnd.kubernetes.protobuf'
const path = 'http://test/api/v1/namespaces/default/configmaps'

async function start() {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  const post = (body: Uint8Array) => {
    const headers = { 'content-type': type, accept: type }
    return server.handle(new Request(path, { method: 'POST', headers, body: new Uint8Array(body) }))
  }
  return { server, post }
}

const decoded = async (response: Response) => decodeObject(new Uint8Array(await response.arrayBuffer()))
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } }

test('what is created in protobuf is answered in protobuf and read in JSON', async () => {
  const { server, post } = await start()
  const made = await post(encodeObject(map))
  expect([made.status, made.headers.get('content-type')]).toEqual([201, type])
  expect(await decoded(made)).toMatchObject(map)
  const read = await server.handle(new Request(`${path}/a`, { headers: { accept: 'application/json' } }))
  expect(await read.json()).toMatchObject(map)
})

test('lists, refusals and watches speak protobuf to who asks for it', async () => {
  const { server, post } = await start()
  await post(encodeObject(map))
  const get = (url: string) => server.handle(new Request(url, { headers: { accept: type } }))
  expect(await decoded(await get(path))).toMatchObject({ kind: 'ConfigMapList', items: [{ data: { x: '1' } }] })
  expect(await decoded(await get(`${path}/b`))).toMatchObject({ kind: 'Status', reason: 'NotFound', code: 404 })
  const watch = await get(`${path}?watch=1&resourceVersion=0`)
  expect(watch.headers.get('content-type')).toBe(`${type};stream=watch`)
  const reader = watch.body?.getReader()
  const frame = (await reader?.read())?.value ?? new Uint8Array()
  await reader?.cancel()
  expect(new DataView(frame.buffer, frame.byteOffset).getUint32(0)).toBe(frame.length - 4)
  expect(new TextDecoder().decode(frame)).toContain('ADDED')
})

test('a body that is no protobuf is refused and nothing is stored', async () => {
  const { server, post } = await start()
  const answer = await post(new TextEncoder().encode('{"kind":"ConfigMap"}'))
  expect(answer.status).toBe(400)
  const { items } = await (await server.handle(new Request(path))).json()
  expect(items).toEqual([])
})
