import { failureStatus } from '@kube-bonsai/apimachinery'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import {
  createClient,
  createInformer,
  createInformerFactory,
  type InformerHandler,
  InformerStoppedError,
  keyOf,
  splitKey,
} from '../src/index.ts'
import { FakeServer, type StoredThing, turn } from './fake-server.ts'

type Pod = StoredThing

function recorder(): { readonly seen: string[]; readonly handler: InformerHandler<{ metadata: { name: string } }> } {
  const seen: string[] = []
  return {
    seen,
    handler: {
      onAdd: (object, initial) => void seen.push(`add ${object.metadata.name}${initial ? ' initial' : ''}`),
      onUpdate: (object) => void seen.push(`update ${object.metadata.name}`),
      onDelete: (object) => void seen.push(`delete ${object.metadata.name}`),
    },
  }
}

function start(server: FakeServer): {
  readonly clock: VirtualClock
  readonly errors: unknown[]
  readonly informer: ReturnType<typeof createInformer<Pod>>
} {
  const clock = new VirtualClock()
  const errors: unknown[] = []
  const informer = createInformer(
    createClient(server).dynamic({ group: '', version: 'v1', resource: 'pods', namespaced: true }),
    {
      clock,
      random: createRandom(1),
      onError: (error, during) => void errors.push(`${during}: ${error instanceof Error ? error.message : error}`),
    },
  ) as unknown as ReturnType<typeof createInformer<Pod>>
  informer.start()
  return { clock, errors, informer }
}

test('it lists, then follows; handlers hear of each change in order; references are the events own', async () => {
  const server = new FakeServer()
  const x = server.put('x', 1)
  const { informer } = start(server)
  const { seen, handler } = recorder()
  informer.handle(handler)
  expect(informer.hasSynced).toBe(false)
  await informer.synced()
  expect(seen).toEqual(['add x initial'])
  expect(informer.store.get('a/x')).toBe(x)
  const y = server.put('y', 1)
  server.put('x', 2)
  server.remove('y')
  await turn()
  expect(seen.slice(1)).toEqual(['add y', 'update x', 'delete y'])
  expect(informer.store.get('a/y')).toBeUndefined()
  expect(y.metadata.name).toBe('y')
  expect(informer.store.list()).toEqual([...server.objects.values()])
  expect(server.requests[0]?.query).toEqual({ resourceVersion: '0' })
})

test('a late handler hears of what is known as initial, and of nothing twice; removal silences it', async () => {
  const server = new FakeServer()
  server.put('x', 1)
  const { informer } = start(server)
  await informer.synced()
  const late = recorder()
  const nested = recorder()
  const remove = informer.handle({
    ...late.handler,
    onUpdate: (object, old) => {
      late.handler.onUpdate?.(object, old)
      informer.handle(nested.handler)
    },
  })
  expect(late.seen).toEqual(['add x initial'])
  server.put('x', 2)
  await turn()
  expect(nested.seen).toEqual(['add x initial'])
  remove()
  server.put('z', 2)
  await turn()
  expect(late.seen).toEqual(['add x initial', 'update x'])
  expect(nested.seen).toEqual(['add x initial', 'add z'])
})

test('a handler that throws is reported and does not hurt the others', async () => {
  const server = new FakeServer()
  server.put('x', 1)
  const { informer, errors } = start(server)
  const { seen, handler } = recorder()
  informer.handle({
    onAdd: () => {
      throw new Error('bad handler')
    },
  })
  informer.handle(handler)
  await informer.synced()
  expect(seen).toEqual(['add x initial'])
  expect(errors).toEqual(['handler: bad handler'])
})

test('after a 410 it lists again and tells the differences only', async () => {
  const server = new FakeServer()
  for (const name of ['kept', 'changed', 'gone', 'reborn']) server.put(name, 1)
  const { informer, clock, errors } = start(server)
  const { seen, handler } = recorder()
  await informer.synced()
  informer.handle(handler)
  seen.length = 0
  await turn()
  server.cut(new Error('reset'))
  server.put('changed', 2)
  server.remove('gone')
  server.remove('reborn')
  server.put('reborn', 2)
  server.put('new', 1)
  server.compact()
  await clock.runUntilIdle()
  expect(seen).toEqual(['update changed', 'delete reborn', 'add reborn', 'add new', 'delete gone'])
  expect(informer.store.list().length).toBe(4)
  expect(errors).toEqual(['watch: reset'])
  const lists = server.requests.filter(({ query = {} }) => query.watch === undefined)
  expect(lists.map(({ query }) => query?.resourceVersion)).toEqual(['0', undefined])
})

test('a failing list is tried again with growing waits, and only the first ones hold up settling', async () => {
  const server = new FakeServer()
  const body = failureStatus({ reason: 'Forbidden', message: 'no' })
  for (let i = 0; i < 12; i++) server.failures.push({ status: 403, headers: {}, body })
  const { informer, clock, errors } = start(server)
  const { settled } = await clock.runUntilIdle()
  expect([settled, informer.hasSynced]).toEqual([true, false])
  expect(server.requests.length).toBeLessThan(9)
  await clock.advance(600_000)
  expect(informer.hasSynced).toBe(true)
  expect(errors).toEqual(Array(12).fill('list: no'))
})

test('indexes follow every change, whenever they were added', async () => {
  const server = new FakeServer()
  server.put('x', 1, 'n1')
  const { informer, errors } = start(server)
  const byNode = (pod: Pod): readonly string[] => {
    if (pod.spec?.node === 'bad') throw new Error('bad index')
    return pod.spec?.node === undefined ? [] : [pod.spec.node]
  }
  informer.index('node', byNode)
  await informer.synced()
  informer.index('node', byNode)
  expect(() => informer.index('node', () => [])).toThrow(TypeError)
  server.put('y', 1, 'n1')
  server.put('x', 2, 'n2')
  server.put('z', 1, '__proto__')
  await turn()
  const names = (value: string): string[] => informer.store.byIndex('node', value).map((pod) => pod.metadata.name)
  expect([names('n1'), names('n2'), names('__proto__'), names('none')]).toEqual([['y'], ['x'], ['z'], []])
  informer.index('late', (pod) => [String(pod.spec?.value)])
  expect(informer.store.byIndex('late', '1').length).toBe(2)
  server.put('x', 3, 'bad')
  server.remove('y')
  await turn()
  expect([names('n1'), names('n2'), names('bad')]).toEqual([[], [], []])
  expect(errors).toEqual(['index: bad index'])
  expect(() => informer.store.byIndex('other', 'x')).toThrow(
    'there is no index "other"; those that were added: node, late',
  )
})

test('a handler may ask to be told of everything again from time to time', async () => {
  const server = new FakeServer()
  server.put('x', 1)
  const { informer, clock } = start(server)
  await informer.synced()
  const pairs: [unknown, unknown][] = []
  let other = 0
  const remove = informer.handle({ onUpdate: (object, old) => void pairs.push([object, old]) }, { resyncPeriod: 1000 })
  informer.handle({
    onUpdate: () => {
      other++
    },
  })
  expect((await clock.runUntilIdle()).settled).toBe(true)
  await clock.advance(2500)
  const x = informer.store.get('a/x')
  expect([pairs, other]).toEqual([
    [
      [x, x],
      [x, x],
    ],
    0,
  ])
  remove()
  await clock.advance(5000)
  expect(pairs.length).toBe(2)
  informer.handle({}, { resyncPeriod: 10 })
  informer.stop()
  expect(clock.size).toBe(0)
  expect(() => informer.handle({}, { resyncPeriod: 0 })).toThrow(RangeError)
})

test('a bookmark without a version does not make it forget where it was', async () => {
  const server = new FakeServer()
  server.put('x', 1)
  const { informer, clock } = start(server)
  await informer.synced()
  await turn()
  server.bookmark({})
  await turn()
  server.cut()
  server.put('y', 1)
  await clock.runUntilIdle()
  expect(informer.store.list().length).toBe(2)
})

test('stopping ends the watch, silences handlers and rejects who waits', async () => {
  const server = new FakeServer()
  const { informer } = start(server)
  const waiting = informer.synced().catch((error: unknown) => error)
  informer.stop()
  expect(await waiting).toBeInstanceOf(InformerStoppedError)

  const second = start(server).informer
  await second.synced()
  const { seen, handler } = recorder()
  second.handle(handler)
  expect(server.watchCount).toBe(0)
  await turn()
  expect(server.watchCount).toBe(1)
  second.stop()
  server.put('x', 1)
  await turn()
  expect([server.watchCount, seen]).toEqual([0, []])
})

test('a factory shares one informer per resource and starts late ones', async () => {
  const server = new FakeServer()
  const factory = createInformerFactory(createClient(server), { clock: new VirtualClock(), random: createRandom(1) })
  const pods = factory.informer('v1/pods')
  expect(factory.dynamic({ group: '', version: 'v1', resource: 'pods', namespaced: true })).toBe(pods)
  expect(server.requests.length).toBe(0)
  factory.start()
  await factory.synced()
  const late = factory.dynamic({ group: 'x.test', version: 'v1', resource: 'pods', namespaced: true })
  await factory.synced()
  expect([pods.hasSynced, late.hasSynced]).toEqual([true, true])
  factory.stop()
  await turn()
  expect(server.watchCount).toBe(0)
})

test('keys are namespace/name, or the name alone', () => {
  expect(keyOf({ metadata: { name: 'x', namespace: 'a' } })).toBe('a/x')
  expect(keyOf({ metadata: { name: 'x' } })).toBe('x')
  expect(splitKey('a/x')).toEqual({ namespace: 'a', name: 'x' })
  expect(splitKey('x')).toEqual({ namespace: undefined, name: 'x' })
})
