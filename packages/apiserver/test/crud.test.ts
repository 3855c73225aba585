import { createClient } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

async function start() {
  const clock = new VirtualClock()
  const server = createApiServer({ clock, random: createRandom('test') })
  await server.bootstrap()
  return { clock, server, client: createClient(server.transport) }
}

test('a config map is created, read, changed and deleted', async () => {
  const { client } = await start()
  const maps = client.resource('v1/configmaps').namespace('default')
  const made = await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } })
  expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
  const read = await maps.get('a')
  expect(read).toEqual(made)
  const changed = await maps.update({ ...read, data: { x: '2' } })
  expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(read.metadata.resourceVersion))
  const same = await maps.update(changed)
  expect(same.metadata.resourceVersion).toBe(changed.metadata.resourceVersion)
  await expect(maps.update({ ...read, data: { x: '3' } })).rejects.toMatchObject({ code: 409 })
  const patched = await maps.patch('a', 'merge', { data: { y: '4' } })
  expect(patched.data).toEqual({ x: '2', y: '4' })
  await maps.delete('a')
  await expect(maps.get('a')).rejects.toMatchObject({ code: 404, message: 'configmaps "a" not found' })
})

test('a pod gets its service account, tolerations and token, and a watch sees it', async () => {
  const { client } = await start()
  await client
    .resource('v1/serviceaccounts')
    .namespace('default')
    .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } })
  const pods = client.resource('v1/pods').namespace('default')
  const { metadata } = await pods.list()
  const pod = await pods.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'p-' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  })
  expect(pod.spec?.serviceAccountName).toBe('default')
  expect(pod.spec?.tolerations).toHaveLength(2)
  expect(pod.metadata.generation).toBe(1)
  await pods.createSubresource(pod.metadata.name, 'binding', {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.metadata.name },
    target: { kind: 'Node', name: 'n1' },
  } as never)
  await pods.delete(pod.metadata.name, { gracePeriodSeconds: 0 })
  const types: string[] = []
  for await (const event of pods.watch({
    ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
  })) {
    types.push(event.type)
    if (event.type === 'DELETED') break
  }
  expect(types).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'])
})

test('services get addresses; deployments scale; namespaces finalize', async () => {
  const { client } = await start()
  const kubernetes = await client.resource('v1/services').namespace('default').get('kubernetes')
  expect(kubernetes.spec?.clusterIP).toBe('10.96.0.1')
  const service = await client
    .resource('v1/services')
    .namespace('default')
    .create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    })
  expect(service.spec?.ports?.[0]?.nodePort).toBeGreaterThanOrEqual(30000)
  const namespaces = client.resource('v1/namespaces')
  await namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })
  const ending = await namespaces.delete('x')
  expect(ending).toMatchObject({ status: { phase: 'Terminating' } })
  await namespaces.updateSubresource('x', 'finalize', {
    ...(ending as never as object),
    spec: { finalizers: [] },
  } as never)
  await expect(namespaces.get('x')).rejects.toMatchObject({ code: 404 })
})
