import { VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { handOf, Level } from '../../src/flow-control/level.ts'

test('a flow is always dealt the same queues, and none of them twice', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 12 }),
      (flow, queues, handSize) => {
        const hand = handOf(flow, { queues, handSize })
        expect(hand).toEqual(handOf(flow, { queues, handSize }))
        expect(new Set(hand).size).toBe(Math.min(queues, handSize))
        expect(hand.every((queue) => queue >= 0 && queue < queues)).toBe(true)
      },
    ),
  )
})

const step = fc.oneof(
  fc.record({ enter: fc.constantFrom('a', 'b', 'c') }),
  fc.constant('leave' as const),
  fc.constant('wait' as const),
)

test('no more requests run than there are seats, and each one is answered once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), async (seats, steps) => {
      const clock = new VirtualClock()
      const level = new Level(clock, { seats, queues: 4, handSize: 2, queueLength: 2 })
      let running = 0
      const outcomes: Promise<void>[] = []
      for (const one of steps) {
        if (one === 'leave' && running > 0) {
          running--
          level.leave()
        } else if (one === 'wait') await clock.advance(20_000)
        else if (one !== 'leave') {
          const entered = Promise.resolve(level.enter(one.enter))
          const count = (admitted: boolean) => {
            if (admitted) running++
          }
          outcomes.push(entered.then(count))
        }
        await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)))
        expect(level.counts.executing).toBeLessThanOrEqual(seats)
        expect(running).toBe(level.counts.executing)
      }
      await clock.advance(20_000)
      await Promise.all(outcomes)
      const { dispatched, rejected, timedOut, waiting } = level.counts
      expect(waiting).toBe(0)
      expect(dispatched + rejected + timedOut).toBe(outcomes.length)
    }),
    { numRuns: 60 },
  )
})
