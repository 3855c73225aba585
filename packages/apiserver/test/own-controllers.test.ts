import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createClient } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'
import { availableCondition, conditionToWrite, danglingCondition } from '../src/own-controllers/conditions.ts'

interface Shown extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly reason?: string; readonly status?: string }[] }
}

async function start() {
  const clock = new VirtualClock()
  const server = createApiServer({ clock, random: createRandom('test') })
  await server.bootstrap()
  const send = async (method: 'POST' | 'GET' | 'DELETE', path: string, body?: unknown) => {
    const answer = await server.transport.request({ method, path, ...(body !== undefined && { body }) })
    expect(answer.status).toBeLessThan(300)
    // The loops follow the store.
    await clock.advance(1)
    return answer.body as Shown
  }
  const conditionOf = async (path: string) => (await send('GET', path)).status?.conditions?.[0]
  return { server, send, conditionOf, client: createClient(server.transport) }
}

const flowControl = '/apis/flowcontrol.apiserver.k8s.io/v1'
const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices'

test('a flow schema hangs in the air until there is its level', async () => {
  const { send, conditionOf } = await start()
  const path = `${flowControl}/flowschemas`
  await send('POST', path, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'mine' },
    spec: { priorityLevelConfiguration: { name: 'mine' }, matchingPrecedence: 77 },
  })
  expect(await conditionOf(`${path}/mine`)).toMatchObject({ type: 'Dangling', status: 'True', reason: 'NotFound' })
  await send('POST', `${flowControl}/prioritylevelconfigurations`, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'mine' },
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
  })
  expect(await conditionOf(`${path}/mine`)).toMatchObject({ status: 'False', reason: 'Found' })
  await send('DELETE', `${flowControl}/prioritylevelconfigurations/mine`)
  expect(await conditionOf(`${path}/mine`)).toMatchObject({ status: 'True' })
})

test('an API of the server itself is there; one behind a service is not, and it says why', async () => {
  const { send, conditionOf } = await start()
  const make = (name: string, service?: object) => {
    const [version = '', ...group] = name.split('.')
    const spec = {
      group: group.join('.'),
      version,
      groupPriorityMinimum: 1,
      versionPriority: 1,
      ...(service && { service }),
    }
    const trust = service ? { insecureSkipTLSVerify: true } : {}
    const object = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name } }
    return send('POST', apiServices, { ...object, spec: { ...spec, ...trust } })
  }
  await make('v1.local.example.com')
  expect(await conditionOf(`${apiServices}/v1.local.example.com`)).toMatchObject({ status: 'True', reason: 'Local' })
  await make('v1.far.example.com', { namespace: 'default', name: 'far', port: 443 })
  const far = `${apiServices}/v1.far.example.com`
  expect(await conditionOf(far)).toMatchObject({ status: 'False', reason: 'ServiceNotFound' })
  await send('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'far' },
    spec: { ports: [{ port: 80 }] },
  })
  expect(await conditionOf(far)).toMatchObject({ status: 'False', reason: 'ServicePortError' })
})

test('every served version of a custom resource has its APIService, as long as it is served', async () => {
  const { send, server } = await start()
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: { type: 'object' } },
  })
  const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  await send('POST', path, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: [version('v1', true), version('v1beta1', false)],
    },
  })
  const mine = async () => {
    const { items } = await server.storage.range({ prefix: '/registry/apiregistration.k8s.io/apiservices/' })
    return items.map(({ value }) => value.metadata.name).filter((name) => name?.endsWith('example.com'))
  }
  expect(await mine()).toEqual(['v1.example.com', 'v1beta1.example.com'])
  expect((await send('GET', `${apiServices}/v1.example.com`)).status?.conditions?.[0]?.reason).toBe('Local')
  await send('DELETE', `${path}/things.example.com`)
  expect(await mine()).toEqual([])
})

test('what a new server makes needs no change by its own loops', async () => {
  const { server } = await start()
  const before = server.storage.revision
  await new Promise<void>((resolve) => queueMicrotask(resolve))
  expect(server.storage.revision).toBe(before)
})

test('a condition is written once: what was written is not to be written again, and its time tells of the last change of status', () => {
  const condition = fc.oneof(
    fc.tuple(fc.string(), fc.boolean()).map(([name, exists]) => danglingCondition(name, exists)),
    fc
      .option(fc.record({ name: fc.string(), namespace: fc.string() }), { nil: undefined })
      .map((reference) => availableCondition(reference, undefined)),
  )
  fc.assert(
    fc.property(condition, condition, (first, second) => {
      const bare: KubeObject = { apiVersion: 'v1', kind: 'X', metadata: {} }
      const written = conditionToWrite(bare, first, '1')
      const object = { ...bare, status: { conditions: [written] } }
      expect(conditionToWrite(object, first, '2')).toBeUndefined()
      const next = conditionToWrite(object, second, '2')
      if (next !== undefined && second.type === first.type)
        expect(next.lastTransitionTime).toBe(second.status === first.status ? '1' : '2')
    }),
  )
})

test('a version of events that is yet to come is not waited for', async () => {
  const { server } = await start()
  const query = { resourceVersion: '999999' }
  const answer = await server.transport.request({ method: 'GET', path: '/api/v1/events', query })
  expect(answer.status).toBe(504)
  expect(answer.headers['retry-after']).toBeUndefined()
})
