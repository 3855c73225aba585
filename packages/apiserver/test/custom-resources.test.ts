import { readFileSync } from 'node:fs'
import { createClient } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { type ApiServerOptions, createApiServer } from '../src/index.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

type Json = Record<string, unknown>

async function start(options: Partial<ApiServerOptions> = {}) {
  const clock = new VirtualClock()
  const server = createApiServer({ clock, random: createRandom('test'), ...options })
  await server.bootstrap()
  const ask = async (method: string, path: string, body?: unknown, query?: Json, headers?: Json) => {
    const response = await server.transport.request({ method, path, body, query, headers } as never)
    return { status: response.status, headers: response.headers, body: response.body as Json & { metadata: Json } }
  }
  const established = async (name: string) => {
    for (let turn = 0; turn < 100; turn++) {
      const { body } = await ask('GET', `${crds}/${name}`)
      const { conditions } = body['status'] as { conditions: { type: string; status: string }[] | null }
      if (conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return body
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    throw new Error(`${name} is not established`)
  }
  const define = async (body: unknown) => {
    const made = await ask('POST', crds, body)
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    return established(String(made.body.metadata['name']))
  }
  return { clock, server, ask, define, client: createClient(server.transport) }
}

const version = (name: string, storage: boolean, properties: Json = {}) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
})

const definition = (plural: string, versions: unknown[], more: Json = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind: plural.charAt(0).toUpperCase() + plural.slice(1, -1) },
    versions,
    ...more,
  },
})

const gadgets = '/apis/example.com/v1/namespaces/default/gadgets'
const gadget = (name: string, spec: Json = {}, apiVersion = 'example.com/v1') => ({
  apiVersion,
  kind: 'Gadget',
  metadata: { name },
  spec,
})

const golden = JSON.parse(readFileSync(new URL('golden/custom-resources.json', import.meta.url), 'utf8')) as {
  definition: Json
  cases: {
    name: string
    body: Json
    status: number
    fieldValidation?: string
    warning?: string
    message?: string
    spec?: Json | null
  }[]
}

test('custom resources are checked as the real server checks them', async () => {
  const { ask, define } = await start()
  await define({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...golden.definition })
  for (const one of golden.cases) {
    const query = { dryRun: 'All', ...(one.fieldValidation && { fieldValidation: one.fieldValidation }) }
    const answer = await ask('POST', '/apis/run.example.com/v1/namespaces/default/widgets', one.body, query)
    expect(answer.status, one.name).toBe(one.status)
    expect(answer.headers['warning'], one.name).toBe(one.warning)
    if (one.message !== undefined) expect(answer.body['message'], one.name).toBe(one.message)
    else expect(answer.body['spec'], one.name).toEqual(one.spec ?? undefined)
  }
})

test('a definition is accepted and established a moment later, and then served and discovered', async () => {
  const { ask, define } = await start()
  expect((await ask('GET', gadgets)).status).toBe(404)
  const crd = await define(definition('gadgets', [version('v1', true, { size: { type: 'integer' } })]))
  expect(crd['status']).toMatchObject({ acceptedNames: { plural: 'gadgets', listKind: 'GadgetList' } })
  expect((await ask('GET', gadgets)).body).toMatchObject({ kind: 'GadgetList', items: [] })
  const resources = (await ask('GET', '/apis/example.com/v1')).body['resources'] as Json[]
  expect(resources.map(({ name }) => name)).toEqual(['gadgets'])
  expect((await ask('GET', '/apis/example.com')).body).toMatchObject({ preferredVersion: { version: 'v1' } })
  const { body } = await ask('GET', '/openapi/v3/apis/example.com/v1')
  expect((body['components'] as { schemas: Json }).schemas).toHaveProperty(['com.example.v1.Gadget'])
})

test('names that another definition of the group has taken are not accepted until they are free', async () => {
  const { ask, define } = await start()
  await define(definition('gadgets', [version('v1', true)]))
  const names = { plural: 'others', kind: 'Gadget', listKind: 'OtherList', singular: 'other' }
  await ask('POST', crds, definition('others', [version('v1', true)], { names }))
  const accepted = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { body } = await ask('GET', `${crds}/others.example.com`)
    return (body['status'] as { conditions: { type: string; reason: string; message: string }[] }).conditions[0]
  }
  expect(await accepted()).toMatchObject({ reason: 'KindConflict', message: '"Gadget" is already in use' })
  await ask('DELETE', `${crds}/gadgets.example.com`)
  expect(await accepted()).toMatchObject({ reason: 'NoConflicts' })
})

test('deleting a definition removes its objects first', async () => {
  const { ask, define } = await start()
  await define(definition('gadgets', [version('v1', true)]))
  await ask('POST', gadgets, gadget('a'))
  const { body } = await ask('DELETE', `${crds}/gadgets.example.com`)
  expect(body.metadata['finalizers']).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await ask('GET', `${crds}/gadgets.example.com`)).status).toBe(404)
  expect((await ask('GET', gadgets)).status).toBe(404)
  await define(definition('gadgets', [version('v1', true)]))
  expect((await ask('GET', gadgets)).body['items']).toEqual([])
})

test('versions without a webhook share their objects; each shows what its schema knows', async () => {
  const { ask, define } = await start()
  const one = version('v1', true, { size: { type: 'integer', default: 1 }, old: { type: 'string' } })
  await define(definition('gadgets', [one, version('v2', false, { size: { type: 'integer' } })]))
  await ask('POST', gadgets, gadget('a', { old: 'x' }))
  const other = await ask('GET', `${gadgets.replace('v1', 'v2')}/a`)
  expect(other.body).toMatchObject({ apiVersion: 'example.com/v2', spec: { size: 1 } })
  expect(other.body['spec']).toEqual({ size: 1 })
})

test('a schema that changes counts with the next request', async () => {
  const { ask, define } = await start()
  const crd = await define(definition('gadgets', [version('v1', true, { size: { type: 'integer' } })]))
  await ask('POST', gadgets, gadget('a', { size: 1 }))
  const spec = definition('gadgets', [version('v1', true, { size: { type: 'string' } })]).spec
  const changed = { ...crd, spec: { ...(crd['spec'] as Json), versions: spec.versions } }
  expect((await ask('PUT', `${crds}/gadgets.example.com`, changed)).status).toBe(200)
  const refused = await ask('POST', gadgets, gadget('b', { size: 1 }), { dryRun: 'All' })
  expect(refused.body['message']).toContain('spec.size in body must be of type string: "integer"')
  const type = 'application/merge-patch+json'
  const labelled = { metadata: { labels: { x: 'y' } } }
  const kept = await ask('PATCH', `${gadgets}/a`, labelled, {}, { 'content-type': type })
  expect(kept.status, 'what an update leaves as it was may stay').toBe(200)
})

test('a conversion webhook converts, and one that lies is refused', async () => {
  let answer: (review: { request: { uid: string; objects: Json[] } }) => Json = () => ({})
  const { ask, define } = await start({
    conversionWebhooks: async ({ body }) => ({ status: 200, body: JSON.stringify(answer(JSON.parse(body))) }),
  })
  const conversion = {
    strategy: 'Webhook',
    webhook: { conversionReviewVersions: ['v1'], clientConfig: { service: { name: 'w', namespace: 'n', path: '/c' } } },
  }
  const versions = [version('v1', true, { a: { type: 'string' } }), version('v2', false, { b: { type: 'string' } })]
  await define(definition('gadgets', versions, { conversion }))
  await ask('POST', gadgets, gadget('a', { a: 'x' }))
  const answering = (change: (object: Json) => Json, status = 'Success') => {
    answer = ({ request: { uid, objects } }) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'ConversionReview',
      response: { uid, result: { status, message: 'no' }, convertedObjects: objects.map(change) },
    })
  }
  const read = () => ask('GET', `${gadgets.replace('v1', 'v2')}/a`)
  const turned = (object: Json) => ({ ...object, apiVersion: 'example.com/v2', spec: { b: 'x' } })
  answering((object) => ({ ...turned(object), metadata: { name: 'other' } }))
  const of = 'conversion webhook for example.com/v1, Kind=Gadget'
  expect(await read()).toMatchObject({
    status: 500,
    body: { message: `${of} returned invalid object: must have the same name: a != other` },
  })
  answering(turned, 'Failure')
  expect((await read()).body['message']).toBe(`${of} failed: no`)
  answering((object) => object)
  expect((await read()).body['message']).toContain('invalid groupVersion (expected example.com/v2, received')
  answering(turned)
  expect((await read()).body).toMatchObject({ apiVersion: 'example.com/v2', spec: { b: 'x' } })
})

test('a watch in another version sees objects in that version', async () => {
  const { server, ask, define } = await start()
  await define(definition('gadgets', [version('v1', true), version('v2', false)]))
  const response = await server.transport.request({
    method: 'GET',
    path: gadgets.replace('v1', 'v2'),
    query: { watch: '1' },
  })
  await ask('POST', gadgets, gadget('a'))
  for await (const { type, object } of response.events ?? []) {
    expect(type).toBe('ADDED')
    expect(object).toMatchObject({ apiVersion: 'example.com/v2', metadata: { name: 'a' } })
    break
  }
})

test('rules that cannot be compiled are refused with the definition', async () => {
  const { ask } = await start()
  const size = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self.foo > 1' }] }
  const { status, body } = await ask('POST', crds, definition('gadgets', [version('v1', true, { size })]))
  expect(status).toBe(422)
  expect(body['message']).toContain('x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.foo \\u003e 1"')
})

test('many objects are listed without being turned again', async () => {
  const { ask, define } = await start()
  await define(definition('gadgets', [version('v1', true, { size: { type: 'integer', default: 1 } })]))
  for (let index = 0; index < 500; index++) await ask('POST', gadgets, gadget(`g${index}`))
  const first = (await ask('GET', gadgets)).body['items'] as unknown[]
  const second = (await ask('GET', gadgets)).body['items'] as unknown[]
  expect(first).toHaveLength(500)
  expect(second.every((item, index) => item === first[index])).toBe(true)
})
