import { RateLimitError, TokenBucket, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('lets a burst through and then the rate', async () => {
  const clock = new VirtualClock({ start: 0 })
  const bucket = new TokenBucket(clock, { qps: 10, burst: 2 })
  expect([bucket.allow(), bucket.allow(), bucket.allow()]).toEqual([true, true, false])
  await clock.advance(99)
  expect(bucket.allow()).toBe(false)
  await clock.advance(1)
  expect(bucket.allow()).toBe(true)
})

test('reservations stand in line; one that is cancelled makes room', () => {
  const clock = new VirtualClock({ start: 0 })
  const bucket = new TokenBucket(clock, { qps: 1, burst: 1 })
  const [first, second, third] = [bucket.reserve(), bucket.reserve(), bucket.reserve()]
  expect([first.delay(), second.delay(), third.delay()]).toEqual([0, 1000, 2000])
  third.cancel()
  expect(bucket.reserve().delay()).toBe(2000)
  expect(bucket.reserve(2)).toMatchObject({ ok: false })
  expect(bucket.reserve(2).delay()).toBe(Number.POSITIVE_INFINITY)
})

test('waits on the clock, in the order of arrival', async () => {
  const clock = new VirtualClock({ start: 0 })
  const bucket = new TokenBucket(clock, { qps: 2, burst: 1 })
  const seen: string[] = []
  for (const name of ['a', 'b', 'c']) void bucket.wait().then(() => void seen.push(`${name} ${clock.now()}`))
  await clock.runUntilIdle()
  expect(seen).toEqual(['a 0', 'b 500', 'c 1000'])
})

test('refuses at once what waiting cannot give', async () => {
  const clock = new VirtualClock({ start: 0 })
  const bucket = new TokenBucket(clock, { qps: 1, burst: 1 })
  await expect(bucket.wait(2)).rejects.toThrow("rate: Wait(n=2) exceeds limiter's burst 1")
  await bucket.wait()
  await expect(bucket.wait(1, { timeout: 999 })).rejects.toThrow('rate: Wait(n=1) would exceed context deadline')
  await expect(new TokenBucket(clock, { qps: 0, burst: 0 }).wait()).rejects.toThrow(RateLimitError)
  await expect(new TokenBucket(clock, { qps: Number.POSITIVE_INFINITY, burst: 0 }).wait(5)).resolves.toBeUndefined()
  expect(() => new TokenBucket(clock, { qps: -1, burst: 0 })).toThrow(RangeError)
  expect(() => bucket.allow(-1)).toThrow(RangeError)
})

test('an aborted wait gives its token back', async () => {
  const clock = new VirtualClock({ start: 0 })
  const bucket = new TokenBucket(clock, { qps: 1, burst: 1 })
  bucket.allow()
  const controller = new AbortController()
  const waiting = bucket.wait(1, { signal: controller.signal })
  controller.abort(new Error('stop'))
  await expect(waiting).rejects.toThrow('stop')
  expect(bucket.reserve().delay()).toBe(1000)
})

test('never more than the burst and the rate in any window', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      gaps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, qps, burst) => {
        const clock = new VirtualClock({ start: 0 })
        const bucket = new TokenBucket(clock, { qps, burst })
        const granted: number[] = []
        for (const step of steps) {
          await clock.advance(step)
          if (bucket.allow()) granted.push(clock.now())
        }
        granted.forEach((from, index) => {
          granted.slice(index).forEach((until, count) => {
            expect(count + 1).toBeLessThanOrEqual(burst + ((until - from) / 1000) * qps + 1e-6)
          })
        })
      },
    ),
    { numRuns: 40 },
  )
})
