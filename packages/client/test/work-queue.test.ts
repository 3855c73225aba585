import { VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import {
  bucketRateLimiter,
  createWorkQueue,
  defaultControllerRateLimiter,
  exponentialRateLimiter,
  maxOfRateLimiter,
  runWorkers,
} from '../src/index.ts'
import { turn } from './fake-server.ts'

test('a key that is added twice while it waits is handed out once', async () => {
  const queue = createWorkQueue<string>({ clock: new VirtualClock() })
  queue.add('a')
  queue.add('b')
  queue.add('a')
  expect(queue.length).toBe(2)
  expect(await queue.get()).toEqual({ key: 'a' })
  expect(await queue.get()).toEqual({ key: 'b' })
  expect(queue.length).toBe(0)
})

test('a key that is added while a worker has it comes again when that worker is done', async () => {
  const queue = createWorkQueue<string>({ clock: new VirtualClock() })
  queue.add('a')
  await queue.get()
  queue.add('a')
  queue.add('a')
  expect(queue.length).toBe(0)
  queue.done('a')
  expect(queue.length).toBe(1)
  expect(await queue.get()).toEqual({ key: 'a' })
  queue.done('a')
  queue.done('a')
  expect(queue.length).toBe(0)
})

test('a delayed key comes at its time, and the earliest of several delays counts', async () => {
  const clock = new VirtualClock()
  const queue = createWorkQueue<string>({ clock })
  queue.addAfter('a', 1000)
  queue.addAfter('a', 5000)
  queue.addAfter('b', 5000)
  queue.addAfter('b', 1000)
  queue.addAfter('c', 0)
  queue.addAfter('d', Number.NaN)
  expect(queue.length).toBe(2)
  await clock.advance(999)
  expect(queue.length).toBe(2)
  await clock.advance(1)
  expect(queue.length).toBe(4)
  await clock.advance(10_000)
  expect(queue.length).toBe(4)
})

test('rate-limited keys wait 5 ms, 10 ms, 20 ms, ... until they are forgotten', async () => {
  const clock = new VirtualClock()
  const queue = createWorkQueue<string>({ clock })
  const begin = clock.now()
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    queue.addRateLimited('a')
    expect(queue.requeues('a')).toBe(i + 1)
    await clock.runUntilIdle()
    waits.push(clock.now() - begin - waits.reduce((sum, wait) => sum + wait, 0))
    await queue.get()
    queue.done('a')
  }
  expect(waits).toEqual([5, 10, 20, 40])
  queue.forget('a')
  expect(queue.requeues('a')).toBe(0)
})

test('shutting down drops what waits, wakes the workers and takes nothing more', async () => {
  const clock = new VirtualClock()
  const queue = createWorkQueue<string>({ clock })
  const waiting = queue.get()
  queue.addAfter('a', 10)
  queue.shutDown()
  expect(await waiting).toBeUndefined()
  queue.add('b')
  queue.addAfter('c', 1)
  await clock.advance(100)
  expect([queue.length, queue.isShutDown, await queue.get(), clock.size]).toEqual([0, true, undefined, 0])
})

test('any value can be a key', async () => {
  const queue = createWorkQueue<unknown>({ clock: new VirtualClock() })
  for (const key of [undefined, null, '__proto__', 0]) queue.add(key)
  for (const key of [undefined, null, '__proto__', 0]) expect(await queue.get()).toEqual({ key })
})

test('limiters have the numbers of client-go', () => {
  const clock = new VirtualClock()
  const item = exponentialRateLimiter<string>()
  const waits = Array.from({ length: 20 }, () => item.when('a'))
  expect(waits.slice(0, 3)).toEqual([5, 10, 20])
  expect(waits.slice(17)).toEqual([655_360, 1_000_000, 1_000_000])
  const bucket = bucketRateLimiter<string>(clock)
  const tokens = Array.from({ length: 103 }, () => bucket.when('a'))
  expect(tokens.slice(98)).toEqual([0, 0, 100, 200, 300])
  const both = defaultControllerRateLimiter<string>(clock)
  for (let i = 0; i < 100; i++) both.when(`key ${i}`)
  expect([both.when('a'), both.requeues('a')]).toEqual([100, 1])
  expect(maxOfRateLimiter<string>().when('a')).toBe(0)
  expect(() => exponentialRateLimiter(0)).toThrow('base must be greater than zero, got 0')
  expect(() => bucketRateLimiter(clock, Number.NaN)).toThrow(RangeError)
})

test('workers retry what fails, report it, and never die of it', async () => {
  const clock = new VirtualClock()
  const queue = createWorkQueue<string>({ clock })
  const errors: string[] = []
  const done: string[] = []
  let left = 2
  const { stopped } = runWorkers(
    queue,
    1,
    async (key) => {
      if (key === 'sync') throw new Error('lost')
      if (left-- > 0) throw new Error('not yet')
      done.push(key)
    },
    { onError: (key, error) => errors.push(`${key}: ${String(error)}`), retry: (key) => key !== 'sync' },
  )
  queue.add('a')
  queue.add('sync')
  await clock.runUntilIdle()
  expect(errors).toEqual(['a: Error: not yet', 'sync: Error: lost', 'a: Error: not yet'])
  expect([done, queue.requeues('a'), queue.requeues('sync')]).toEqual([['a'], 0, 0])
  queue.shutDown()
  await stopped
  expect(() => runWorkers(queue, 0, () => {})).toThrow(RangeError)
})

test('several workers work at the same time', async () => {
  const queue = createWorkQueue<number>({ clock: new VirtualClock() })
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const begun: number[] = []
  runWorkers(queue, 3, async (key) => {
    begun.push(key)
    await gate
  })
  for (let key = 0; key < 5; key++) queue.add(key)
  await turn()
  expect(begun).toEqual([0, 1, 2])
  release()
  await turn()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  queue.shutDown()
})
