import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scheduleProblem } from '../src/batch/cron-job/schedule.ts'
import { isTimeZone } from '../src/batch/cron-job/time-zone.ts'
import { parseIndexes } from '../src/batch/job/indexes.ts'

const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789*/-,? @TZ='.split('')) }))

test('whatever a schedule holds, there is an answer', () => {
  fc.assert(
    fc.property(text, (schedule) => {
      expect(['string', 'undefined']).toContain(typeof scheduleProblem(schedule, isTimeZone))
    }),
  )
})

test('five plain fields within their bounds are always a schedule', () => {
  const field = (min: number, max: number) =>
    fc.oneof(fc.constantFrom('*', '?', '*/2'), fc.integer({ min, max }).map(String))
  const schedule = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  fc.assert(
    fc.property(schedule, (fields) => {
      expect(scheduleProblem(fields.join(' '), isTimeZone)).toBeUndefined()
    }),
  )
})

test('rising indexes below the completions always count as many as there are', () => {
  const indexes = fc.uniqueArray(fc.nat({ max: 999 }), { minLength: 1 })
  fc.assert(
    fc.property(indexes, (given) => {
      const sorted = [...given].sort((left, right) => left - right)
      expect(parseIndexes(sorted.join(','), 1000)).toEqual({ count: sorted.length })
    }),
  )
})

test('the zones of the time zone database exist in their own case only', () => {
  expect(isTimeZone('Europe/Brussels')).toBe(true)
  expect(isTimeZone('europe/brussels')).toBe(false)
  expect(isTimeZone('Mars/Olympus')).toBe(false)
})
