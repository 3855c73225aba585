import { defaultStart, TimerStormError, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'

test('time stands still until somebody moves it', async () => {
  const clock = new VirtualClock()
  const seen: number[] = []
  clock.schedule(defaultStart + 1000, () => void seen.push(clock.now()))
  expect(clock.now()).toBe(defaultStart)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(seen).toEqual([])
  await clock.advance(999)
  expect(seen).toEqual([])
  expect(await clock.advance(1)).toEqual({ settled: true, now: defaultStart + 1000, pending: 0 })
  expect(seen).toEqual([defaultStart + 1000])
})

test('running until idle takes a day in an instant and stops at the last foreground timer', async () => {
  const clock = new VirtualClock({ start: 0 })
  const seen: string[] = []
  const beat = (): void => {
    seen.push(`beat ${clock.now()}`)
    clock.schedule(clock.now() + 40_000_000, beat, { background: true })
  }
  clock.schedule(40_000_000, beat, { background: true })
  clock.schedule(86_400_000, () => void seen.push(`day ${clock.now()}`))
  expect(await clock.runUntilIdle()).toEqual({ settled: true, now: 86_400_000, pending: 0 })
  expect(seen).toEqual(['beat 40000000', 'beat 80000000', 'day 86400000'])
  expect(clock.size).toBe(1)
  expect(clock.nextAt).toBe(120_000_000)
})

test('a limit ends a run that would go on', async () => {
  const clock = new VirtualClock({ start: 0 })
  let ticks = 0
  const tick = (): void => {
    ticks++
    clock.schedule(clock.now() + 10, tick)
  }
  tick()
  expect(await clock.runUntilIdle({ limit: 95 })).toEqual({ settled: false, now: 95, pending: 1 })
  expect(ticks).toBe(10)
})

test('promise work ends before time moves, and what it schedules for the same instant runs first', async () => {
  const clock = new VirtualClock({ start: 0 })
  const seen: string[] = []
  clock.schedule(5, async () => {
    for (let step = 0; step < 50; step++) await null
    seen.push(`work ${clock.now()}`)
    clock.schedule(clock.now(), () => void seen.push(`same instant ${clock.now()}`))
  })
  clock.schedule(6, () => void seen.push(`later ${clock.now()}`))
  await clock.runUntilIdle()
  expect(seen).toEqual(['work 5', 'same instant 5', 'later 6'])
})

test('a past time means now, never synchronously', async () => {
  const clock = new VirtualClock({ start: 1000 })
  let at = -1
  const timer = clock.schedule(3, () => {
    at = clock.now()
  })
  expect([timer.at, at]).toEqual([1000, -1])
  await clock.runUntilIdle()
  expect(at).toBe(1000)
})

test('nothing moves while a hold is out', async () => {
  const clock = new VirtualClock({ start: 0 })
  const release = clock.hold()
  let ran = false
  clock.schedule(10, () => {
    ran = true
  })
  const run = clock.runUntilIdle()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect([ran, clock.now(), clock.held]).toEqual([false, 0, 1])
  release()
  release()
  await run
  expect([ran, clock.now(), clock.held]).toEqual([true, 10, 0])
})

test('an error of a task is reported and the clock goes on', async () => {
  const errors: unknown[] = []
  const clock = new VirtualClock({ start: 0, onError: (error) => void errors.push(error) })
  clock.schedule(1, () => {
    throw new Error('thrown')
  })
  clock.schedule(1, async () => {
    await null
    throw new Error('rejected')
  })
  await clock.advance(10)
  expect(errors).toEqual([new Error('thrown'), new Error('rejected')])
  expect(clock.now()).toBe(10)
})

test.each([
  ['in one go', (again: () => void): void => again()],
  ['after promise work', async (again: () => void): Promise<void> => Promise.resolve().then(again)],
])('a task that schedules itself %s without a delay is reported instead of hanging', async (_, how) => {
  const clock = new VirtualClock({ start: 0, stormLimit: 1000 })
  const storm = (): void | Promise<void> => how(() => void clock.schedule(clock.now(), storm))
  clock.schedule(7, storm, { background: true })
  await expect(clock.advance(10)).rejects.toThrow(TimerStormError)
  await expect(clock.advance(10)).rejects.toThrow(/1970-01-01T00:00:00.007Z/)
})

test('many timers at one instant are no storm', async () => {
  const clock = new VirtualClock({ start: 0, stormLimit: 1000 })
  let ran = 0
  for (let index = 0; index < 5000; index++) clock.schedule(3, () => void ran++)
  await clock.runUntilIdle()
  expect(ran).toBe(5000)
})

test('runs wait for each other', async () => {
  const clock = new VirtualClock({ start: 0 })
  const [first, second] = await Promise.all([clock.advance(10), clock.advance(5)])
  expect([first.now, second.now]).toEqual([10, 15])
})

test('bad times are refused', async () => {
  const clock = new VirtualClock({ start: 100 })
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300]) {
    expect(() => clock.schedule(at, () => {})).toThrow(RangeError)
  }
  await expect(clock.advance(-1)).rejects.toThrow(RangeError)
  await expect(clock.advance(Number.POSITIVE_INFINITY)).rejects.toThrow(RangeError)
  await expect(clock.advanceTo(99)).rejects.toThrow('time moves forward only: it is 100, got 99')
  await expect(clock.runUntilIdle({ limit: Number.NaN })).rejects.toThrow(RangeError)
  expect(() => new VirtualClock({ start: Number.NaN })).toThrow(RangeError)
  expect((await clock.advance(1)).now).toBe(101)
})
