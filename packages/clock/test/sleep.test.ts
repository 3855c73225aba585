import { sleep, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'

test('sleeps for virtual time', async () => {
  const clock = new VirtualClock({ start: 0 })
  const woken = sleep(clock, 3_600_000).then(() => clock.now())
  await clock.runUntilIdle()
  expect(await woken).toBe(3_600_000)
})

test('an abort wakes it with the reason and leaves no timer', async () => {
  const clock = new VirtualClock({ start: 0 })
  const controller = new AbortController()
  const asleep = sleep(clock, 1000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(asleep).rejects.toThrow('enough')
  expect(clock.size).toBe(0)
  await expect(sleep(clock, 1000, controller.signal)).rejects.toThrow('enough')
  await expect(sleep(clock, Number.NaN)).rejects.toThrow(RangeError)
})

test('a background sleep does not keep a run going', async () => {
  const clock = new VirtualClock({ start: 0 })
  void sleep(clock, 1000, undefined, { background: true })
  expect((await clock.runUntilIdle()).now).toBe(0)
  expect(clock.size).toBe(1)
})
