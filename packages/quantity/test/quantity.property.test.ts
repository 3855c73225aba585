import { compareQuantities, Quantity, tryParseQuantity } from '@kube-bonsai/quantity'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const suffix = fc.constantFrom(
  '',
  '',
  'n',
  'u',
  'm',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'E-2',
  'e+7',
  'e30',
)
const number = fc.oneof(
  fc.bigInt({ min: -2000n, max: 2000n }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat({ max: 999_999 })).map(([whole, part]) => `${whole}.${part}`),
)
const text = fc.tuple(number, suffix).map(([digits, unit]) => digits + unit)
const quantity = text.map(Quantity.parse)
// Beyond exa DecimalSI has no suffix, and upstream prints the digits alone.
const printable = quantity.filter(
  (value) => value.format === 'DecimalExponent' || value.cmp(Quantity.parse('1000E')) < 0,
)

/** The exact value in units of 10^-40. */
const exact = (value: Quantity): bigint => {
  const { unscaled, scale } = value.asDec()
  return unscaled * 10n ** BigInt(40 - scale)
}

test('printing and reading again keeps the value, and printing again the text', () => {
  fc.assert(
    fc.property(
      printable.filter((value) => value.neg().cmp(Quantity.parse('1000E')) < 0),
      (value) => {
        const again = Quantity.parse(String(value))
        // A binary suffix that overflows is capped once it is read.
        if (again.format !== 'BinarySI') expect(exact(again)).toBe(exact(value))
        expect(String(Quantity.parse(String(again)))).toBe(String(again))
      },
    ),
  )
})

test('the order is that of the exact values, and total', () => {
  fc.assert(
    fc.property(quantity, quantity, quantity, (a, b, c) => {
      const difference = exact(a) - exact(b)
      expect(a.cmp(b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
      expect(a.toDec().cmp(b)).toBe(a.cmp(b))
      expect(compareQuantities(a, b) + compareQuantities(b, a)).toBe(0)
      if (a.cmp(b) <= 0 && b.cmp(c) <= 0) expect(a.cmp(c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('addition is exact, commutative and undone by subtraction', () => {
  fc.assert(
    fc.property(quantity, quantity, (a, b) => {
      expect(exact(a.add(b))).toBe(exact(a) + exact(b))
      expect(a.add(b).equal(b.add(a))).toBe(true)
      expect(exact(a.add(b).sub(b))).toBe(exact(a))
      expect(a.sub(a).isZero()).toBe(true)
    }),
  )
})

test('rounding goes away from zero, by less than one step, and says when it lost something', () => {
  fc.assert(
    fc.property(quantity, fc.integer({ min: -9, max: 18 }), (value, scale) => {
      const rounded = value.roundUp(scale)
      const step = 10n ** BigInt(40 + scale)
      const grown = (exact(rounded.quantity) - exact(value)) * BigInt(value.sign() || 1)
      expect(grown >= 0n && grown < step).toBe(true)
      expect(rounded.exact).toBe(grown === 0n)
      if (grown !== 0n) expect(exact(rounded.quantity) % step).toBe(0n)
    }),
  )
})

test('numbers and int64s agree', () => {
  fc.assert(
    fc.property(quantity, fc.constantFrom(-9, -6, -3, 0, 3, 9, 18), (value, scale) => {
      expect(value.scaledNumber(scale)).toBe(Number(value.scaledValue(scale)))
    }),
  )
})

test('operations leave their operands', () => {
  fc.assert(
    fc.property(text, text, (left, right) => {
      const [a, b] = [Quantity.parse(left), Quantity.parse(right)]
      const before = [exact(a), exact(b), String(a), String(b)]
      a.add(b)
      a.sub(b)
      a.neg()
      a.toDec()
      a.mul(3)
      a.roundUp(2)
      expect([exact(a), exact(b), String(a), String(b)]).toEqual(before)
    }),
  )
})

test('any text is a quantity or an error of its kind', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0123456789.+-eEinumkKMGTP '), maxLength: 25 }),
  )
  fc.assert(
    fc.property(hostile, (given) => {
      const result = tryParseQuantity(given)
      if (result.ok) expect(typeof String(result.value)).toBe('string')
    }),
  )
})
