import { failureStatus, isResourceExpired, type KubeObject, type WatchEvent } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createClient, retryWatch } from '../src/index.ts'
import { FakeServer, scripted, turn } from './fake-server.ts'

type Seen = string

function label(event: WatchEvent<KubeObject>): Seen {
  return event.type === 'ERROR' ? `ERROR ${event.object.reason}` : `${event.type} ${event.object.metadata.name}`
}

test('events arrive as the objects that the server sent', async () => {
  const server = new FakeServer()
  const sent = server.put('x', 1)
  for await (const event of createClient(server).pods().watch({ resourceVersion: '1' })) {
    expect(event).toEqual({ type: 'ADDED', object: sent })
    expect(event.object).toBe(sent)
    break
  }
  expect(server.requests[0]?.query).toEqual({ resourceVersion: '1', watch: 'true' })
})

test('leaving the loop ends the request', async () => {
  const server = new FakeServer()
  server.put('x', 1)
  for await (const _ of createClient(server).pods().watch({ resourceVersion: '1' })) {
    expect(server.watchCount).toBe(1)
    break
  }
  expect(server.watchCount).toBe(0)
})

test('aborting ends the loop at once, before the first event and before the answer too', async () => {
  const server = new FakeServer()
  const controller = new AbortController()
  const seen: Seen[] = []
  const loop = async (signal: AbortSignal, client = createClient(server)): Promise<string> => {
    for await (const event of client.pods().watch({ signal })) seen.push(label(event))
    return 'ended'
  }
  const waiting = loop(controller.signal)
  await turn()
  expect(server.watchCount).toBe(1)
  controller.abort()
  expect(await waiting).toBe('ended')
  expect(server.watchCount).toBe(0)

  expect(await loop(AbortSignal.abort())).toBe('ended')
  const deaf = createClient({ request: () => new Promise(() => {}) })
  const second = new AbortController()
  const never = loop(second.signal, deaf)
  await turn()
  second.abort()
  expect(await never).toBe('ended')
  expect(seen).toEqual([])
})

test('an event that is ready when the signal aborts is not delivered', async () => {
  const server = new FakeServer()
  const controller = new AbortController()
  const seen: Seen[] = []
  for (const name of ['x', 'y', 'z']) server.put(name, 1)
  for await (const event of createClient(server).pods().watch({ resourceVersion: '1', signal: controller.signal })) {
    seen.push(label(event))
    controller.abort()
  }
  expect(seen).toEqual(['ADDED x'])
})

test('the loop ends with the server, and fails with a refusal or a broken connection', async () => {
  const server = new FakeServer()
  const pods = createClient(server).pods()
  const drain = async (resourceVersion?: string): Promise<Seen[]> => {
    const seen: Seen[] = []
    for await (const e of pods.watch(resourceVersion === undefined ? {} : { resourceVersion })) seen.push(label(e))
    return seen
  }
  const clean = drain()
  await turn()
  server.put('x', 1)
  await turn()
  server.cut()
  expect(await clean).toEqual(['ADDED x'])

  const broken = drain()
  await turn()
  server.cut(new Error('reset'))
  await expect(broken).rejects.toThrow('reset')

  server.compact()
  await expect(drain('1')).rejects.toSatisfy(isResourceExpired)
  const noStream = createClient(scripted({ status: 200, headers: {}, body: {} }))
    .pods()
    .watch()
  await expect(noStream[Symbol.asyncIterator]().next()).rejects.toThrow('without a stream')
})

interface Run {
  readonly server: FakeServer
  readonly clock: VirtualClock
  readonly seen: Seen[]
  readonly ended: Promise<unknown>
  readonly controller: AbortController
}

function run(server: FakeServer, options: { readonly resourceVersion?: string; readonly onExpired?: 'list' }): Run {
  const clock = new VirtualClock()
  const controller = new AbortController()
  const seen: Seen[] = []
  const loop = async (): Promise<void> => {
    const { signal } = controller
    const watch = retryWatch(createClient(server).pods(), { clock, random: createRandom(1), signal, ...options })
    for await (const event of watch) seen.push(label(event))
  }
  return { server, clock, seen, controller, ended: loop().catch((error: unknown) => error) }
}

test('a retried watch resumes after clean ends and failures, from bookmarks too, and repeats nothing', async () => {
  const { server, clock, seen, controller, ended } = run(new FakeServer(), { resourceVersion: '1' })
  await turn()
  server.put('x', 1)
  await turn()
  server.cut()
  server.put('y', 1)
  await turn()
  server.version += 10
  server.bookmark()
  await turn()
  server.compact()
  server.cut(new Error('reset'))
  server.put('z', 1)
  await clock.runUntilIdle()
  expect(seen).toEqual(['ADDED x', 'ADDED y', 'ADDED z'])
  controller.abort()
  expect(await ended).toBeUndefined()
  expect(server.watchCount).toBe(0)
})

test('410 ends a retried watch with a typed error unless it may list', async () => {
  const strict = run(new FakeServer(), { resourceVersion: '1' })
  await turn()
  strict.server.expire()
  expect(await strict.ended).toSatisfy(isResourceExpired)

  const { server, clock, seen, controller } = run(new FakeServer(), { onExpired: 'list' })
  server.put('x', 1)
  server.put('y', 1)
  await turn()
  server.cut(new Error('reset'))
  server.put('y', 2)
  server.remove('x')
  server.put('x', 1)
  server.remove('y')
  server.put('z', 1)
  server.compact()
  await clock.runUntilIdle()
  expect(seen).toEqual(['ADDED x', 'ADDED y', 'DELETED x', 'ADDED x', 'ADDED z', 'DELETED y'])
  controller.abort()
})

test('a refusal that trying again cannot mend ends a retried watch', async () => {
  const server = new FakeServer()
  const body = failureStatus({ reason: 'Forbidden', message: 'no' })
  server.failures.push({ status: 403, headers: {}, body })
  expect(await run(server, { resourceVersion: '1' }).ended).toMatchObject({ reason: 'Forbidden' })
})

test('a server that ends every watch at once is not asked in a tight loop', async () => {
  const server = new FakeServer()
  const empty = async function* (): AsyncGenerator<never> {}
  for (let i = 0; i < 100; i++) server.failures.push({ status: 200, headers: {}, events: empty() })
  const { clock, controller } = run(server, { resourceVersion: '1' })
  await clock.advance(60_000)
  expect(server.requests.length).toBeLessThan(10)
  controller.abort()
})
