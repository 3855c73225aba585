import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { failureStatus, isConflict, isNotFound, StatusError } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createClient, InvalidRequestError, parseWarnings, retryOnConflict } from '../src/index.ts'
import { scripted } from './fake-server.ts'

const deployments = { group: 'apps', version: 'v1', resource: 'deployments', namespaced: true }
const nodes = { group: '', version: 'v1', resource: 'nodes', namespaced: false }
const pod = (name?: string, namespace?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) },
})

test('each verb is the request that the API knows', async () => {
  const transport = scripted()
  const client = createClient(transport)
  const pods = client.pods('a')
  const body = pod('p')
  await pods.get('p', { resourceVersion: '0' })
  await client.dynamic(deployments).namespace('b').list({ labelSelector: 'x=y', limit: 2, continue: 'c' })
  await client.pods().create(pod('p', 'c'), { fieldManager: 'me', dryRun: true, fieldValidation: 'Strict' })
  await pods.update(body)
  await pods.updateStatus(body)
  await pods.patch('p', 'json', [{ op: 'test' }])
  await pods.patch('p', 'merge', {}, { subresource: 'status' })
  await pods.patch('p', 'strategic', {})
  await pods.apply(body, { fieldManager: 'me', force: true })
  await pods.delete('p')
  await pods.delete('p', {
    gracePeriodSeconds: 0,
    propagationPolicy: 'Orphan',
    preconditions: { uid: 'u' },
    dryRun: true,
  })
  await pods.deleteCollection({ fieldSelector: 'a=b', propagationPolicy: 'Background' })
  await pods.createSubresource('p', 'eviction', pod('p'))
  await client.dynamic(nodes).get('n')
  const seen = transport.requests.map(({ method, path, query = {}, headers = {}, body }) => {
    const search = new URLSearchParams(query as Record<string, string>).toString()
    return [`${method} ${path}${search === '' ? '' : `?${search}`}`, headers['content-type'], body].filter(
      (part) => part !== undefined,
    )
  })
  expect(seen).toEqual([
    ['GET /api/v1/namespaces/a/pods/p?resourceVersion=0'],
    ['GET /apis/apps/v1/namespaces/b/deployments?labelSelector=x%3Dy&limit=2&continue=c'],
    ['POST /api/v1/namespaces/c/pods?fieldManager=me&fieldValidation=Strict&dryRun=All', pod('p', 'c')],
    ['PUT /api/v1/namespaces/a/pods/p', body],
    ['PUT /api/v1/namespaces/a/pods/p/status', body],
    ['PATCH /api/v1/namespaces/a/pods/p', 'application/json-patch+json', [{ op: 'test' }]],
    ['PATCH /api/v1/namespaces/a/pods/p/status', 'application/merge-patch+json', {}],
    ['PATCH /api/v1/namespaces/a/pods/p', 'application/strategic-merge-patch+json', {}],
    ['PATCH /api/v1/namespaces/a/pods/p?fieldManager=me&force=true', 'application/apply-patch+yaml', body],
    ['DELETE /api/v1/namespaces/a/pods/p'],
    [
      'DELETE /api/v1/namespaces/a/pods/p',
      {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        gracePeriodSeconds: 0,
        preconditions: { uid: 'u' },
        propagationPolicy: 'Orphan',
        dryRun: ['All'],
      },
    ],
    [
      'DELETE /api/v1/namespaces/a/pods?fieldSelector=a%3Db',
      { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    ],
    ['POST /api/v1/namespaces/a/pods/p/eviction', pod('p')],
    ['GET /api/v1/nodes/n'],
  ])
  expect(transport.requests[3]?.body).toBe(body)
})

test('a request that cannot be right is refused before it is sent', async () => {
  const transport = scripted()
  const client = createClient(transport)
  await expect(client.pods().get('p')).rejects.toThrow(
    'an empty namespace may not be set when a resource name is provided',
  )
  await expect(client.pods().create(pod('p'))).rejects.toThrow('an empty namespace may not be set during creation')
  await expect(client.pods('a').get('')).rejects.toThrow('resource name may not be empty')
  await expect(client.pods('a').get('../b')).rejects.toThrow(InvalidRequestError)
  await expect(client.pods('a').update(pod())).rejects.toThrow('resource name may not be empty')
  expect(() => client.dynamic(nodes).namespace('a')).toThrow('cluster-scoped')
  expect(() => client.pods('a/b')).toThrow(InvalidRequestError)
  expect(transport.requests).toEqual([])
})

test('every short way leads to its resource, and what is not built in has none', async () => {
  const transport = scripted()
  const client = createClient(transport)
  await client.horizontalPodAutoscalers('a').list()
  await client.deployments().list()
  await client.nodes().get('n')
  await client.resource('storagemigration.k8s.io/v1beta1/storageversionmigrations').list()
  expect(transport.requests.map(({ path }) => path)).toEqual([
    '/apis/autoscaling/v2/namespaces/a/horizontalpodautoscalers',
    '/apis/apps/v1/deployments',
    '/api/v1/nodes/n',
    '/apis/storagemigration.k8s.io/v1beta1/storageversionmigrations',
  ])
  expect(() => client.resource('v1/widgets' as 'v1/pods')).toThrow('use client.dynamic for any other')
  expect(() => client.resource('pods' as 'v1/pods')).toThrow('version/resource or group/version/resource')
})

test('a failure rejects with the Status of the server', async () => {
  const status = failureStatus({ reason: 'NotFound', message: 'pods "p" not found' })
  const client = createClient(scripted({ status: 404, headers: {}, body: status }))
  const error = await client
    .pods('a')
    .get('p')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StatusError)
  expect(isNotFound(error)).toBe(true)
  expect((error as StatusError).status).toBe(status)
})

test('a failure without a Status becomes one, as client-go makes it', async () => {
  const headers = { 'retry-after': '7' }
  const client = createClient(scripted({ status: 503, headers, body: 'upstream is down' }))
  const error = (await client
    .pods('a')
    .get('p')
    .catch((thrown: unknown) => thrown)) as StatusError
  expect(error.reason).toBe('ServiceUnavailable')
  expect(error.status.details?.retryAfterSeconds).toBe(7)
})

test('an answer that is no object is an error', async () => {
  const client = createClient(scripted({ status: 200, headers: {}, body: 'hello' }))
  await expect(client.pods('a').get('p')).rejects.toThrow('where an object was expected')
})

test('list items get the apiVersion and kind that the list leaves out; complete lists stay as they are', async () => {
  const bare = { metadata: { name: 'p' } }
  const full = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' } }
  const list = (items: unknown): unknown => ({ apiVersion: 'v1', kind: 'PodList', metadata: {}, items })
  const whole = list([full])
  const answers = [list([bare, full]), whole, list(null)].map((body) => ({ status: 200, headers: {}, body }))
  const pods = createClient(scripted(...answers)).pods('a')
  const first = await pods.list()
  expect(first.items[0]).toEqual({ apiVersion: 'v1', kind: 'Pod', ...bare })
  expect(first.items[1]).toBe(full)
  expect(await pods.list()).toBe(whole)
  expect((await pods.list()).items).toEqual([])
})

test('warnings of the server reach the callback', async () => {
  const warning = '299 - "spec.x: deprecated, use \\"y\\"", 299 - "second, with comma"'
  const texts: string[] = []
  const transport = scripted({ status: 200, headers: { warning }, body: {} })
  await createClient(transport, { onWarning: (text) => texts.push(text) })
    .pods('a')
    .get('p')
  expect(texts).toEqual(['spec.x: deprecated, use "y"', 'second, with comma'])
  expect(parseWarnings('nonsense')).toEqual([])
  expect(parseWarnings('199 agent "other code", 299 - "kept"')).toEqual(['kept'])
})

test('an aborted signal rejects with its reason and sends nothing', async () => {
  const transport = scripted()
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  await expect(createClient(transport).pods('a').get('p', { signal })).rejects.toBe(reason)
  expect(transport.requests).toEqual([])
})

test('retryOnConflict tries again after conflicts only, five times in all', async () => {
  const clock = new VirtualClock()
  const random = createRandom(1)
  const conflict = StatusError.of({ reason: 'Conflict', message: 'changed' })
  let calls = 0
  const twice = retryOnConflict({ clock, random }, async () => {
    if (++calls < 3) throw conflict
    return 'done'
  })
  await clock.runUntilIdle()
  expect([await twice, calls]).toEqual(['done', 3])
  calls = 0
  const never = retryOnConflict({ clock, random }, async () => {
    calls++
    throw conflict
  }).catch((error: unknown) => isConflict(error))
  await clock.runUntilIdle()
  expect([await never, calls]).toEqual([true, 5])
  const other = new Error('other')
  await expect(retryOnConflict({ clock, random }, () => Promise.reject(other))).rejects.toBe(other)
})
