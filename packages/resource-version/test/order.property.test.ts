import {
  compareResourceVersions,
  isResourceVersion,
  orderResourceVersions,
  parseResourceVersion,
} from '@kube-bonsai/resource-version'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const version = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 59 }))
  .map(([first, rest]) => `${first}${rest}`)
// Near misses, so that equal lengths and equal prefixes are common.
const close = fc.oneof(version, fc.bigInt({ min: 1n, max: 2000n }).map(String))

test('the order is that of the integers', () => {
  fc.assert(
    fc.property(close, close, (a, b) => {
      const expected = BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
      expect(compareResourceVersions(a, b)).toBe(expected)
      expect(orderResourceVersions(parseResourceVersion(a), parseResourceVersion(b))).toBe(expected)
    }),
  )
})

test('the order is total: reflexive, antisymmetric, transitive', () => {
  fc.assert(
    fc.property(close, close, close, (a, b, c) => {
      expect(compareResourceVersions(a, a)).toBe(0)
      expect(compareResourceVersions(a, b) + compareResourceVersions(b, a)).toBe(0)
      if (compareResourceVersions(a, b) <= 0 && compareResourceVersions(b, c) <= 0) {
        expect(compareResourceVersions(a, c)).toBeLessThanOrEqual(0)
      }
    }),
  )
})

test('a text is a version exactly when it is the decimal notation of a positive integer', () => {
  fc.assert(
    fc.property(
      fc.oneof(version, fc.string(), fc.string({ unit: fc.constantFrom(...'0123+-. e'), maxLength: 5 })),
      (text) => {
        const decimal = /^\d+$/.test(text) && BigInt(text) > 0n && String(BigInt(text)) === text
        expect(isResourceVersion(text)).toBe(decimal)
      },
    ),
  )
})
