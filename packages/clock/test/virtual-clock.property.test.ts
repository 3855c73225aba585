import { VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const plan = fc.array(
  fc.record({
    at: fc.integer({ min: -5, max: 40 }),
    background: fc.boolean(),
    // Milliseconds until the follow-up that the task schedules, none when negative.
    again: fc.integer({ min: -20, max: 15 }),
    // The index of a timer that the task cancels.
    cancels: fc.nat({ max: 30 }),
    slow: fc.boolean(),
  }),
  { maxLength: 30 },
)

interface Run {
  readonly log: readonly string[]
  readonly cancelled: ReadonlySet<number>
  readonly early: number
}

async function play(steps: typeof plan extends fc.Arbitrary<infer T> ? T : never): Promise<Run> {
  const clock = new VirtualClock({ start: 0 })
  const log: string[] = []
  const cancelled = new Set<number>()
  const ran = new Set<number>()
  let early = 0
  const timers = steps.map((step, index) =>
    clock.schedule(
      step.at,
      async () => {
        if (clock.now() < step.at || clock.now() !== Math.max(0, step.at)) early++
        ran.add(index)
        log.push(`${clock.now()}:${index}`)
        const target = timers[step.cancels]
        if (target !== undefined && !ran.has(step.cancels)) {
          target.cancel()
          target.cancel()
          cancelled.add(step.cancels)
        }
        if (step.slow) await null
        if (step.again >= 0) {
          const due = clock.now() + step.again
          clock.schedule(due, () => void (clock.now() === due ? log.push(`${due}:${index}+`) : early++))
        }
      },
      { background: step.background },
    ),
  )
  await clock.advance(100)
  expect(clock.size).toBe(0)
  return { log, cancelled, early }
}

test('tasks run in the order of their times, never early, and a cancelled one never', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const { log, cancelled, early } = await play(steps)
      expect(early).toBe(0)
      const times = log.map((line) => Number(line.split(':')[0]))
      expect(times).toEqual([...times].sort((a, b) => a - b))
      for (const index of cancelled) expect(log.some((line) => line.endsWith(`:${index}`))).toBe(false)
      // Timers of one instant that were there from the start run in the order in which they were scheduled.
      const first = log.filter((line) => !line.endsWith('+'))
      const expected = steps
        .map((step, index) => ({ at: Math.max(0, step.at), index }))
        .filter(({ index }) => !cancelled.has(index))
        .sort((a, b) => a.at - b.at || a.index - b.index)
      expect(first).toEqual(expected.map(({ at, index }) => `${at}:${index}`))
    }),
  )
})

test('the same schedule gives the same order', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      expect(await play(steps)).toEqual(await play(steps))
    }),
  )
})

test('a run until idle leaves background timers only', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const clock = new VirtualClock({ start: 0 })
      const last = Math.max(0, ...steps.filter((step) => !step.background).map((step) => step.at))
      for (const step of steps) clock.schedule(step.at, () => {}, { background: step.background })
      expect(await clock.runUntilIdle()).toEqual({ settled: true, now: last, pending: 0 })
      expect(clock.size).toBe(steps.filter((step) => step.background && step.at > last).length)
    }),
  )
})
