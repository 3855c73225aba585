import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { inTurn } from '../../src/flow-control/in-turn.ts'
import { Level } from '../../src/flow-control/level.ts'
import { matchesSchema } from '../../src/flow-control/matching.ts'
import { seatsOf } from '../../src/flow-control/seats.ts'
import { createApiServer } from '../../src/index.ts'
import { requestInfo } from '../../src/request/request-info.ts'

const users = {
  admin: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
  jane: { name: 'jane', groups: ['system:authenticated'] },
  node: { name: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] },
}

async function start() {
  const server = createApiServer({
    clock: new VirtualClock(),
    random: createRandom('test'),
    authenticate: ({ headers }) => users[(headers?.['authorization'] ?? '') as keyof typeof users],
  })
  await server.bootstrap()
  const levels = await server.storage.range({ prefix: '/registry/flowcontrol.apiserver.k8s.io/' })
  const nameOf = new Map(levels.items.map(({ value }) => [value.metadata.uid ?? '', value.metadata.name]))
  const get = (url: string, who: keyof typeof users) =>
    server.answer({
      method: 'GET',
      url,
      headers: { authorization: who },
      signal: new AbortController().signal,
      readBody: async () => new Uint8Array(),
    })
  return { server, nameOf, get }
}

test.each([
  ['admin', '/api/v1/pods', 'exempt', 'exempt'],
  ['jane', '/api/v1/pods', 'global-default', 'global-default'],
  ['jane', '/healthz', 'probes', 'exempt'],
  ['node', '/api/v1/nodes/a', 'system-node-high', 'node-high'],
  ['node', '/api/v1/namespaces/x/secrets/s', 'system-nodes', 'system'],
] as const)('%s asking for %s is of the schema %s and the level %s', async (who, url, schema, level) => {
  const { get, nameOf } = await start()
  const { headers } = await get(url, who)
  expect(nameOf.get(headers['x-kubernetes-pf-flowschema-uid'] ?? '')).toBe(schema)
  expect(nameOf.get(headers['x-kubernetes-pf-prioritylevel-uid'] ?? '')).toBe(level)
})

test('nobody who is unknown is classified', async () => {
  const { get } = await start()
  const { status, headers } = await get('/api/v1/pods', 'nobody' as 'jane')
  expect(status).toBe(401)
  expect(headers['x-kubernetes-pf-flowschema-uid']).toBeUndefined()
})

test('the levels are shown as a table', async () => {
  const { get } = await start()
  const { body } = await get('/debug/api_priority_and_fairness/dump_priority_levels', 'admin')
  let shown = ''
  for await (const part of body as AsyncIterable<string>) shown += part
  const [head, ...rows] = shown.split('\n')
  expect(head).toMatch(/^PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, /)
  expect(rows[0]).toMatch(/^catch-all, {9}0, {12}true, {3}false, /)
  expect(rows[1]).toMatch(/^exempt, {12}0, {12}false, {2}false, {7}0, {15}1, /)
})

test('who finds the seats taken waits, flows take turns, and a full queue refuses', async () => {
  const level = new Level(new VirtualClock(), { seats: 1, queues: 8, handSize: 1, queueLength: 2 })
  expect(level.enter('busy')).toBe(true)
  const order: string[] = []
  const enter = (flow: string, name: string) =>
    Promise.resolve(level.enter(flow)).then((admitted) => void order.push(admitted ? name : `${name} refused`))
  const all = [enter('a', 'a1'), enter('a', 'a2'), enter('a', 'a3'), enter('c', 'c1')]
  for (let seats = 0; seats < 4; seats++) {
    await new Promise<void>((resolve) => queueMicrotask(resolve))
    level.leave()
  }
  await Promise.all(all)
  expect(order[0]).toBe('a3 refused')
  expect(order.indexOf('c1')).toBeLessThan(order.indexOf('a2'))
  expect(level.counts).toMatchObject({ rejected: 1, dispatched: 4, executing: 0 })
})

test('who waits too long is refused', async () => {
  const clock = new VirtualClock()
  const level = new Level(clock, { seats: 1, queues: 1, handSize: 1, queueLength: 2 })
  level.enter('a')
  const late = level.enter('a')
  await clock.advance(15_000)
  expect(await late).toBe(false)
  expect(level.counts).toMatchObject({ timedOut: 1, waiting: 0 })
})

test.each([
  [['get'], ['/metrics'], '/metrics', true],
  [['get'], ['/metrics'], '/metrics/slis', true],
  [['get'], ['/healthz/*'], '/healthz/ping', true],
  [['post'], ['/metrics'], '/metrics', false],
  [['*'], ['*'], '/anything', true],
  [['get'], ['/metric'], '/metrics', false],
] as const)('a rule for %j %j and the path %s: %s', (verbs, nonResourceURLs, path, expected) => {
  const request = { method: 'GET', path } as ApiRequest
  const rules = [
    { subjects: [{ kind: 'Group', group: { name: '*' } }], nonResourceRules: [{ verbs, nonResourceURLs }] },
  ]
  const spec = { priorityLevelConfiguration: { name: 'x' }, rules }
  expect(matchesSchema({ user: users.jane, info: requestInfo(request), method: 'GET' }, spec)).toBe(expected)
})

test('seats are counted from both limits, and there has to be one', () => {
  expect(seatsOf()).toBe(600)
  expect(seatsOf({ max: 0, maxMutating: 1 })).toBe(1)
  expect(() => seatsOf({ max: 0, maxMutating: 0 })).toThrow(RangeError)
  expect(() => seatsOf({ max: -1 })).toThrow(RangeError)
  expect(() => seatsOf({ max: 0.5 })).toThrow(RangeError)
})

test('a request without a place is told to come back, and how it was classified', async () => {
  const headers = { 'x-kubernetes-pf-flowschema-uid': 'a' }
  const never = () => Promise.reject(new Error('this is not to be asked'))
  const answer = await inTurn({ admitted: false, headers, release: () => {} }, never)
  expect(answer.status).toBe(429)
  expect(answer.headers).toMatchObject({ ...headers, 'retry-after': '1' })
})

test('a place is given back even when the request fails', async () => {
  let given = 0
  const place = { admitted: true, headers: {}, release: () => void given++ }
  const answer = await inTurn(place, () => Promise.reject(new Error('oh no')))
  expect([answer.status, given]).toEqual([500, 1])
})
