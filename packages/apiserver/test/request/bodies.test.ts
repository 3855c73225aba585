import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { expect, test } from 'vitest'
import { createApiServer } from '../../src/index.ts'

async function start() {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  return (method: string, path: string, type: string, body: string) =>
    server.handle(new Request(`http://test${path}`, { method, headers: { 'content-type': type }, body }))
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const endpoints = '/api/v1/namespaces/default/endpoints'
const map = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })

test('a body in an unknown form is refused with the warning about its kind, a patch of no type without', async () => {
  const send = await start()
  const xml = await send('POST', endpoints, 'application/xml', '<a/>')
  expect([xml.status, xml.headers.get('warning')]).toEqual([415, expect.stringContaining('v1 Endpoints is deprecated')])
  const patch = await send('PATCH', `${endpoints}/x`, 'text/plain', '{}')
  expect([patch.status, patch.headers.get('warning')]).toEqual([415, null])
})

test('definitions of resources know no other kinds, and others know no definitions', async () => {
  const send = await start()
  const message = async (path: string, body: string): Promise<string> =>
    ((await (await send('POST', path, 'application/json', body)).json()) as { message: string }).message
  expect(await message(definitions, map)).toContain('no kind "ConfigMap" is registered for version "v1" in scheme')
  const definition = JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' })
  expect(await message('/api/v1/namespaces/default/configmaps', definition)).toContain(
    'no kind "CustomResourceDefinition" is registered for version "apiextensions.k8s.io/v1" in scheme',
  )
  expect(await message('/api/v1/namespaces/default/secrets', map)).toContain('unknown conversion')
})

test('roles cannot be deleted the unsafe way', async () => {
  const gates = createFeatureGates({ set: { AllowUnsafeMalformedObjectDeletion: true } })
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test'), gates })
  await server.bootstrap()
  const url = 'http://test/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/x'
  const flag = { ignoreStoreReadErrorWithClusterBreakingPotential: true }
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...flag })
  const response = await server.handle(
    new Request(url, { method: 'DELETE', headers: { 'content-type': 'application/json' }, body }),
  )
  expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
    500,
    'Internal error occurred: no unsafe deleter provided, can not honor ignoreStoreReadErrorWithClusterBreakingPotential',
  ])
})
