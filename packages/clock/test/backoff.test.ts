import { Backoff, createRandom, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('waits double up to the longest one, and start over when it was quiet for twice that', async () => {
  const clock = new VirtualClock({ start: 0 })
  const backoff = new Backoff(clock, { initial: 10_000, max: 300_000 })
  expect(backoff.get('a')).toBe(0)
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => backoff.next('a'))
  expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
  await clock.advance(600_000)
  expect(backoff.next('a')).toBe(300_000)
  await clock.advance(600_001)
  expect(backoff.isInBackOffSince('a', clock.now())).toBe(false)
  expect(backoff.next('a')).toBe(10_000)
})

test('knows whether an item still has to wait', async () => {
  const clock = new VirtualClock({ start: 0 })
  const backoff = new Backoff(clock, { initial: 1000, max: 60_000 })
  backoff.next('a')
  await clock.advance(999)
  expect(backoff.isInBackOffSince('a', 0)).toBe(true)
  expect(backoff.isInBackOffSinceUpdate('a', clock.now())).toBe(true)
  await clock.advance(1)
  expect(backoff.isInBackOffSince('a', 0)).toBe(false)
  expect(backoff.isInBackOffSinceUpdate('a', clock.now())).toBe(false)
  expect(backoff.isInBackOffSince('b', 0)).toBe(false)
})

test('forgets on request and when items are old', async () => {
  const clock = new VirtualClock({ start: 0 })
  const backoff = new Backoff(clock, { initial: 1, max: 10 })
  backoff.next('a')
  await clock.advance(15)
  backoff.next('b')
  await clock.advance(6)
  backoff.gc()
  expect([backoff.get('a'), backoff.get('b'), backoff.size]).toEqual([0, 1, 1])
  backoff.reset('b')
  expect(backoff.size).toBe(0)
})

test('an expiry of its own, as the kubelet has', async () => {
  const clock = new VirtualClock({ start: 0 })
  const backoff = new Backoff(clock, {
    initial: 10,
    max: 300,
    hasExpired: (eventTime, lastUpdate) => eventTime - lastUpdate > 5,
  })
  backoff.next('a')
  await clock.advance(6)
  expect(backoff.next('a')).toBe(10)
})

test('jitter only adds, and never beyond the longest wait once it grows', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, jitter) => {
      const backoff = new Backoff(new VirtualClock(), { initial: 100, max: 5000, jitter, random: createRandom(seed) })
      let last = backoff.next('a')
      expect(last >= 100 && last < 100 * (1 + jitter)).toBe(true)
      for (let step = 0; step < 8; step++) {
        const wait = backoff.next('a')
        expect(wait).toBeGreaterThanOrEqual(Math.min(2 * last, 5000))
        expect(wait).toBeLessThanOrEqual(5000)
        last = wait
      }
    }),
  )
})

test('bad options are refused', () => {
  const clock = new VirtualClock()
  expect(() => new Backoff(clock, { initial: -1, max: 1 })).toThrow(RangeError)
  expect(() => new Backoff(clock, { initial: 1, max: Number.NaN })).toThrow(RangeError)
  expect(() => new Backoff(clock, { initial: 1, max: 1, jitter: 0.1 })).toThrow(RangeError)
})
