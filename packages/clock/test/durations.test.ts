import { DurationError, formatDuration, formatDurationMs, parseDuration, parseDurationMs } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('milliseconds', () => {
  expect(parseDurationMs('1h30m')).toBe(5_400_000)
  expect(parseDurationMs('1.5ms')).toBe(1.5)
  expect(formatDurationMs(5_400_000)).toBe('1h30m0s')
  expect(formatDurationMs(0.25)).toBe('250\u00b5s')
  expect(formatDurationMs(-1500)).toBe('-1.5s')
  expect(() => formatDurationMs(Number.NaN)).toThrow(RangeError)
})

test('a wrong text is named with the reason', () => {
  expect(() => parseDuration('3d')).toThrow('time: unknown unit "d" in duration "3d"')
  expect(() => parseDuration('')).toThrow(DurationError)
})

test('what is written reads back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => {
      // Go takes fractions through a double, which loses nothing below a second's worth of digits.
      expect(parseDuration(formatDuration(ns))).toBe(ns)
    }),
  )
})

test('no text hangs or fails in another way', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789.+-hmsnuµ \u0000é'), maxLength: 30 })
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(typeof parseDuration(given)).toBe('bigint')
      } catch (error) {
        expect(error).toBeInstanceOf(DurationError)
      }
    }),
  )
})
