import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'

async function start() {
  const clock = new VirtualClock()
  const server = createApiServer({ clock, random: createRandom('apply') })
  await server.bootstrap()
  const ask = async (request: Partial<ApiRequest> & Pick<ApiRequest, 'method' | 'path'>) => {
    const { status, body } = await server.transport.request({ query: {}, ...request })
    return { status, body: JSON.parse(JSON.stringify(body)) }
  }
  const patch =
    (type: string) =>
    (path: string, body: unknown, query: Record<string, string> = {}) =>
      ask({
        method: 'PATCH',
        path,
        body,
        query,
        headers: { 'content-type': `application/${type}`, 'user-agent': 'me/1.0' },
      })
  return { ask, apply: patch('apply-patch+yaml'), merge: patch('merge-patch+json'), json: patch('json-patch+json') }
}

const map = (data: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', ...metadata },
  data,
})
const managers = (body: {
  metadata: { managedFields?: { manager: string; operation: string; subresource?: string }[] }
}) =>
  (body.metadata.managedFields ?? []).map(({ manager, operation, subresource }) =>
    [manager, operation, subresource].filter(Boolean).join(' '),
  )
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

test('an apply makes the object, and made again changes nothing', async () => {
  const { apply } = await start()
  const first = await apply(`${maps}/m`, map({ a: '1' }), { fieldManager: 'one' })
  expect([first.status, managers(first.body)]).toEqual([201, ['one Apply']])
  const second = await apply(`${maps}/m`, map({ a: '1' }), { fieldManager: 'one' })
  expect([second.status, second.body]).toEqual([200, first.body])
})

test('another manager meets a conflict, and may force', async () => {
  const { apply } = await start()
  await apply(`${maps}/m`, map({ a: '1' }), { fieldManager: 'one' })
  const refused = await apply(`${maps}/m`, map({ a: '2' }), { fieldManager: 'two' })
  expect(refused.body).toMatchObject({
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
  })
  const forced = await apply(`${maps}/m`, map({ a: '2' }), { fieldManager: 'two', force: 'true' })
  expect([forced.body.data, managers(forced.body)]).toEqual([{ a: '2' }, ['two Apply']])
})

test('an apply names its manager, its object and its kind', async () => {
  const { apply } = await start()
  const message = async (body: unknown, query: Record<string, string>) =>
    (await apply(`${maps}/m`, body, query)).body.message
  expect(await message(map({}), {})).toContain('fieldManager: Required value: is required for apply patch')
  expect(await message({ ...map({}), kind: 'Secret' }, { fieldManager: 'x' })).toBe(
    'invalid object type: /v1, Kind=Secret',
  )
  expect(await message(map({}, { name: 'other' }), { fieldManager: 'x' })).toBe(
    'the name of the object (other) does not match the name on the URL (m)',
  )
  expect(await message(map({}, { uid: 'u' }), { fieldManager: 'x' })).toContain('uid mismatch')
  expect(await message({ ...map({}), bogus: 1 }, { fieldManager: 'x' })).toContain('.bogus: field not declared')
})

test('a dry run of an apply stores nothing', async () => {
  const { ask, apply } = await start()
  const dry = await apply(`${maps}/m`, map({ a: '1' }), { fieldManager: 'one', dryRun: 'All' })
  expect(dry.status).toBe(201)
  expect((await ask({ method: 'GET', path: `${maps}/m` })).status).toBe(404)
})

test('writes are recorded by who, how and through what', async () => {
  const { ask, merge } = await start()
  const headers = { 'user-agent': 'kubectl/v1.35 (linux)' }
  await ask({ method: 'POST', path: deployments, body: deployment, headers })
  await merge(`${deployments}/d`, { metadata: { labels: { x: 'y' } } }, { fieldManager: 'labels' })
  await merge(`${deployments}/d/status`, { status: { observedGeneration: 1 } })
  const scaled = await merge(`${deployments}/d/scale`, { spec: { replicas: 3 } }, { fieldManager: 'scaler' })
  expect([scaled.body.spec.replicas, managers(scaled.body)]).toEqual([3, []])
  const { body } = await ask({ method: 'GET', path: `${deployments}/d` })
  expect(managers(body).sort()).toEqual(['kubectl Update', 'labels Update', 'me Update status', 'scaler Update scale'])
})

test('clients may reset managed fields, and break nothing with bad ones', async () => {
  const { ask, merge, json } = await start()
  await ask({ method: 'POST', path: maps, body: map({ a: '1' }), query: { fieldManager: 'one' } })
  const bad = await merge(`${maps}/m`, { metadata: { managedFields: [{ operation: 'Sing' }] } })
  expect(managers(bad.body)).toEqual(['one Update'])
  const reset = await json(`${maps}/m`, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }])
  expect(managers(reset.body)).toEqual([])
})

test('what a patch made is quoted as Go prints it', async () => {
  const { ask, merge } = await start()
  await ask({ method: 'POST', path: maps, body: map({ a: '1' }), query: { fieldManager: 'one' } })
  const { body } = await merge(
    `${maps}/m`,
    { bogus: 1, metadata: { managedFields: null } },
    { fieldValidation: 'Strict' },
  )
  expect(body.message).toContain('{\\"apiVersion\\":\\"v1\\",\\"bogus\\":1,\\"data\\":{\\"a\\":\\"1\\"},\\"kind\\":')
  expect(body.message).toContain('strict decoding error: unknown field \\"bogus\\"'.replaceAll('\\', ''))
})

test('a patch that cannot be read is refused in the words of its type', async () => {
  const { ask, merge, json } = await start()
  await ask({ method: 'POST', path: maps, body: map({}) })
  expect((await merge(`${maps}/m`, [])).body.message).toBe(
    'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  )
  expect((await json(`${maps}/m`, {})).body.message).toBe(
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  )
  const unknown = await ask({ method: 'PATCH', path: `${maps}/m`, body: {}, headers: { 'content-type': 'text/plain' } })
  expect([unknown.status, unknown.body.message]).toEqual([415, '415: Unsupported Media Type'])
})
