import { sleep, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketRateLimiter, createWorkQueue, exponentialRateLimiter, runWorkers } from '../src/index.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')
const action = fc.oneof(
  fc.record({ at: fc.nat(200), key, how: fc.constantFrom('add' as const, 'limited' as const), ms: fc.constant(0) }),
  fc.record({ at: fc.nat(200), key, how: fc.constant('after' as const), ms: fc.integer({ min: -5, max: 100 }) }),
)

test('no key is ever with two workers, and after its last addition every key is worked on', async () => {
  const duration = fc.array(fc.nat(30), { minLength: 1 })
  const failing = fc.array(fc.boolean(), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(action),
      fc.integer({ min: 1, max: 4 }),
      duration,
      failing,
      async (all, n, times, fails) => {
        const clock = new VirtualClock()
        const queue = createWorkQueue<string>({ clock })
        const busy = new Set<string>()
        const lastBegun = new Map<string, number>()
        const due = new Map<string, number>()
        const begin = clock.now()
        let runs = 0
        runWorkers(queue, n, async (one) => {
          expect(busy.has(one)).toBe(false)
          busy.add(one)
          lastBegun.set(one, clock.now())
          const run = runs++
          await sleep(clock, times[run % times.length]!)
          busy.delete(one)
          // Fails a bounded number of times, so that everything ends.
          if (run < 12 && fails[run % fails.length]!) throw new Error('again')
        })
        for (const one of all) {
          clock.schedule(begin + one.at, () => {
            const wait = one.how === 'after' ? Math.max(0, one.ms) : 0
            due.set(one.key, Math.max(due.get(one.key) ?? 0, clock.now()))
            if (one.how === 'add') queue.add(one.key)
            else if (one.how === 'limited') queue.addRateLimited(one.key)
            else queue.addAfter(one.key, wait === 0 ? one.ms : wait)
          })
        }
        const { settled } = await clock.runUntilIdle({ limit: 10_000_000 })
        expect([settled, queue.length, busy.size]).toEqual([true, 0, 0])
        for (const [one, at] of due) expect(lastBegun.get(one)).toBeGreaterThanOrEqual(at)
        queue.shutDown()
      },
    ),
    { numRuns: 100 },
  )
})

test('a key waits ever longer until it is forgotten, and never longer than the maximum', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.nat(80),
      (base, max, failures) => {
        const limiter = exponentialRateLimiter<string>(base, max)
        let last = 0
        for (let i = 0; i < failures; i++) {
          const wait = limiter.when('a')
          expect(wait).toBeGreaterThanOrEqual(last)
          expect(wait).toBeLessThanOrEqual(max)
          last = wait
        }
        expect(limiter.requeues('a')).toBe(failures)
        limiter.forget('a')
        expect([limiter.requeues('a'), limiter.when('a')]).toEqual([0, Math.min(base, max)])
      },
    ),
  )
})

test('a bucket never lets through more than burst + qps * seconds in any stretch of time', async () => {
  const gaps = fc.array(fc.nat(2000), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      gaps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      async (all, qps, burst) => {
        const clock = new VirtualClock()
        const bucket = bucketRateLimiter<string>(clock, qps, burst)
        const passes: number[] = []
        for (const gap of all) {
          await clock.advance(gap)
          passes.push(clock.now() + bucket.when('a'))
        }
        passes.sort((a, b) => a - b)
        for (let i = 0; i < passes.length; i++) {
          for (let j = i; j < passes.length; j++) {
            const seconds = (passes[j]! - passes[i]!) / 1000
            expect(j - i + 1).toBeLessThanOrEqual(burst + qps * (seconds + 0.001) + 1e-6)
          }
        }
      },
    ),
    { numRuns: 20 },
  )
})
