import { failureStatus, type WatchEvent } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bearerTransport,
  createClient,
  type Fetch,
  fetchTransport,
  headersTransport,
  WatchDecodeError,
  watchEventsOf,
} from '../src/index.ts'
import { scripted, turn } from './fake-server.ts'

const baseUrl = 'https://example.test/cluster/'

interface Sent {
  readonly url: string
  readonly init: Parameters<Fetch>[1]
}

function answering(make: (sent: Sent) => Response): { readonly fetch: Fetch; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, init) => {
    sent.push({ url, init })
    return make({ url, init })
  }
  return { fetch, sent }
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

test('a request becomes JSON over HTTP, names percent-encoded, and the answer an object', async () => {
  const { fetch, sent } = answering(() => json({ kind: 'ClusterRole' }))
  const client = createClient(fetchTransport({ baseUrl, fetch, token: async () => 'secret', headers: { 'x-a': 'b' } }))
  const roles = client.dynamic({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    resource: 'clusterroles',
    namespaced: false,
  })
  expect(await roles.patch('system:é', 'merge', { a: 1 }, { fieldManager: 'm & n' })).toEqual({ kind: 'ClusterRole' })
  expect(sent).toEqual([
    {
      url: 'https://example.test/cluster/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3A%C3%A9?fieldManager=m+%26+n',
      init: {
        method: 'PATCH',
        headers: {
          accept: 'application/json',
          'content-type': 'application/merge-patch+json',
          authorization: 'Bearer secret',
          'x-a': 'b',
        },
        body: '{"a":1}',
      },
    },
  ])
})

test('failures, texts, broken JSON and warnings come through as answers', async () => {
  const warnings: string[] = []
  const status = failureStatus({ reason: 'Conflict', message: 'changed' })
  const answers = [
    json(status, 409, { warning: '299 - "old"' }),
    new Response('bad gateway', { status: 502 }),
    new Response('{"half":', { status: 200, headers: { 'content-type': 'application/json' } }),
  ]
  const { fetch } = answering(() => answers.shift() ?? json({}))
  const pods = createClient(fetchTransport({ baseUrl, fetch }), { onWarning: (text) => warnings.push(text) }).pods('a')
  await expect(pods.get('p')).rejects.toMatchObject({ status })
  await expect(pods.get('p')).rejects.toMatchObject({ reason: 'InternalError', code: 502 })
  await expect(pods.get('p')).rejects.toThrow('where an object was expected')
  expect(warnings).toEqual(['old'])
  const down: Fetch = () => Promise.reject(new TypeError('fetch failed'))
  await expect(
    createClient(fetchTransport({ baseUrl, fetch: down }))
      .pods('a')
      .get('p'),
  ).rejects.toThrow('fetch failed')
})

test('a watch is read line by line and leaving it cancels the request', async () => {
  let cancelled = false
  const event = { type: 'ADDED', object: { kind: 'Pod', metadata: { name: 'p' } } }
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(event)}\n`)),
    cancel: () => {
      cancelled = true
    },
  })
  const { fetch, sent } = answering(() => new Response(stream))
  for await (const seen of createClient(fetchTransport({ baseUrl, fetch })).pods('a').watch()) {
    expect(seen).toEqual(event)
    break
  }
  await turn()
  expect([cancelled, sent[0]?.init.signal?.aborted]).toEqual([true, true])
})

const name = fc.string({ unit: 'grapheme', maxLength: 6 })
const events = fc.array(
  fc.record({
    type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'),
    object: fc.record({ metadata: fc.record({ name }) }),
  }),
  { maxLength: 8 },
)

test('events survive any cut of the stream, inside characters too', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.nat(40)), fc.boolean(), async (sent, cuts, blank) => {
      const text = sent.map((event) => `${JSON.stringify(event)}${blank ? '\r\n\n' : '\n'}`).join('')
      const bytes = new TextEncoder().encode(text)
      const chunks: Uint8Array[] = []
      let at = 0
      for (const cut of cuts) {
        chunks.push(bytes.slice(at, at + cut))
        at += cut
      }
      chunks.push(bytes.slice(at))
      const seen: WatchEvent<unknown>[] = []
      for await (const event of watchEventsOf(streamOf(chunks))) seen.push(event)
      expect(seen).toEqual(JSON.parse(JSON.stringify(sent)))
    }),
  )
})

test('an event that the end cuts off is left out; a line that is no event is an error', async () => {
  const read = async (text: string): Promise<unknown[]> => {
    const seen: unknown[] = []
    for await (const event of watchEventsOf(streamOf([new TextEncoder().encode(text)]))) seen.push(event)
    return seen
  }
  const whole = '{"type":"ADDED","object":{}}'
  expect((await read(`${whole}\n{"type":"ADD`)).length).toBe(1)
  expect((await read(whole)).length).toBe(1)
  for (const line of [
    'nonsense',
    '[]',
    '{"type":"OTHER","object":{}}',
    '{"type":"ERROR","object":{}}',
    '{"type":"ADDED"}',
  ]) {
    await expect(read(`${line}\n`)).rejects.toThrow(WatchDecodeError)
  }
})

test('decorators add headers that a request may override', async () => {
  const transport = scripted()
  await createClient(bearerTransport(headersTransport(transport, { 'X-A': 'b' }), 't'))
    .pods('a')
    .get('p')
  expect(transport.requests[0]?.headers).toEqual({ 'x-a': 'b', authorization: 'Bearer t' })
})
