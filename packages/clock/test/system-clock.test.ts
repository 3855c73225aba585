import { SystemClock, sleep } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'

test('runs when the time has come, not before, and not when cancelled', async () => {
  const clock = new SystemClock()
  const due = clock.now() + 20
  let cancelledRan = false
  clock
    .schedule(due, () => {
      cancelledRan = true
    })
    .cancel()
  const ranAt = await new Promise<number>((resolve) => clock.schedule(due, () => resolve(clock.now())))
  expect(ranAt).toBeGreaterThanOrEqual(due)
  expect(cancelledRan).toBe(false)
})

test('a past time is never synchronous', async () => {
  const clock = new SystemClock()
  let ran = false
  clock.schedule(0, () => {
    ran = true
  })
  expect(ran).toBe(false)
  await sleep(clock, 5)
  expect(ran).toBe(true)
})

test('a wait longer than the host can count does not fire at once', async () => {
  const clock = new SystemClock()
  let ran = false
  const timer = clock.schedule(
    clock.now() + 100 * 86_400_000,
    () => {
      ran = true
    },
    { background: true },
  )
  await sleep(clock, 10)
  timer.cancel()
  expect(ran).toBe(false)
})

test('an error of a task goes to the error handler', async () => {
  const error = await new Promise((resolve) => {
    const clock = new SystemClock({ onError: resolve })
    clock.schedule(0, async () => {
      throw new Error('lost?')
    })
  })
  expect(error).toEqual(new Error('lost?'))
  expect(() => new SystemClock().schedule(Number.NaN, () => {})).toThrow(RangeError)
  expect(new SystemClock().hold()()).toBeUndefined()
})
