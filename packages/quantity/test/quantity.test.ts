import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  Quantity,
  QuantityParseError,
  Scale,
  tryParseQuantity,
} from '@kube-bonsai/quantity'
import { expect, test } from 'vitest'

test.each([
  ['1.5Gi', '1536Mi'],
  ['0.5', '500m'],
  ['1024Ki', '1Mi'],
  ['1000k', '1M'],
  ['1000Ki', '1000Ki'],
  ['1.1Ki', '1126400m'],
  ['39e-1', '3900e-3'],
  ['100e-1', '10'],
  ['1E', '1E'],
  ['1E2', '100'],
  ['-0.1n', '-1n'],
  ['10Ei', '9223372036854775807'],
  ['.', '0'],
  ['m', '0'],
])('%s prints as %s', (text, canonical) => {
  expect(String(Quantity.parse(text))).toBe(canonical)
})

test('what upstream takes for canonical comes back as written', () => {
  expect(String(Quantity.parse('+5'))).toBe('+5')
  expect(String(Quantity.parse('1.500'))).toBe('1.500')
  expect(String(Quantity.parse('1.500').neg())).toBe('-1500m')
})

test.each([
  ['', 'format'],
  ['1 ', 'format'],
  ['1.1.1', 'format'],
  ['1K', 'suffix'],
  ['1e', 'suffix'],
  ['1e99999999999999999999', 'suffix'],
  ['e-10', 'numeric'],
  ['1e99999999999', 'limit'],
  ['1e-1001', 'limit'],
  ['1'.repeat(1_001), 'limit'],
  ['__proto__', 'format'],
])('%s is refused (%s)', (text, kind) => {
  const result = tryParseQuantity(text)
  expect(result.ok ? 'parsed' : result.error.kind).toBe(kind)
  expect(() => parseQuantity(text)).toThrow(QuantityParseError)
})

test('a long wrong text is refused at once', () => {
  expect(tryParseQuantity(`${'1'.repeat(900)}x`).ok).toBe(false)
  expect(tryParseQuantity(`1${'e'.repeat(900)}x`).ok).toBe(false)
})

test('large exponents within the limit work', () => {
  expect(String(Quantity.parse('1e1000').add(Quantity.parse('1e1000')))).toBe('20e999')
  expect(compareQuantities('1e999', '1e1000')).toBe(-1)
  expect(String(Quantity.parse('1e-1000'))).toBe('1e-9')
})

test('JSON holds strings, numbers and null', () => {
  expect(String(Quantity.fromJSON(' 2Gi '))).toBe('2Gi')
  expect(String(Quantity.fromJSON('\u00851\u3000'))).toBe('1')
  expect(() => Quantity.fromJSON(`1${' '.repeat(1_000_000)}x`)).toThrow('no more than 1000 characters')
  expect(String(Quantity.fromJSON(1.5))).toBe('1500m')
  expect(String(Quantity.fromJSON(9223372036854775807n))).toBe('9223372036854775807')
  expect(Quantity.fromJSON(null)).toMatchObject({ format: '' })
  for (const json of [true, {}, [], undefined, Number.NaN, '\t1'])
    expect(() => Quantity.fromJSON(json)).toThrow(QuantityParseError)
  expect(JSON.stringify({ cpu: parseQuantity('0.1') })).toBe('{"cpu":"100m"}')
})

test('the two forms of upstream round and overflow differently', () => {
  expect(Quantity.parse('-1.5').value()).toBe(-2n)
  expect(Quantity.parse('-1.5').toDec().value()).toBe(0n)
  expect(Quantity.parse('1E').milliValue()).toBe(0n)
  expect(Quantity.parse('10Ei').milliValue()).toBe(-1000n)
  expect(Quantity.parse('-1.1Ki').value()).toBe(-1125n)
})

test('operations make new quantities', () => {
  const one = parseQuantity('1')
  expect(String(one.add(parseQuantity('500m')))).toBe('1500m')
  expect(String(one.sub(parseQuantity('1Gi')))).toBe('-1073741823')
  expect(String(parseQuantity('0').add(parseQuantity('1Gi')))).toBe('1Gi')
  expect(one.mul(3).quantity.scaledNumber(Scale.Milli)).toBe(3000)
  expect(one.roundUp(Scale.Nano)).toEqual({ quantity: one, exact: true })
  expect(String(one)).toBe('1')
})

test('what is no int64 is refused', () => {
  expect(() => Quantity.of(2n ** 63n)).toThrow(RangeError)
  expect(() => Quantity.of(1.5)).toThrow(RangeError)
  expect(() => Quantity.of(1, 'DecimalSI', 0.5)).toThrow(RangeError)
  expect(() => Quantity.of(1, 'BinarySI', 1e9)).toThrow(RangeError)
  expect(() => parseQuantity('1').roundUp(1e9)).toThrow(RangeError)
  expect(() => parseQuantity('1').scaledValue(-1e9)).toThrow(RangeError)
  expect(String(Quantity.of(-(2n ** 63n)))).toBe('-9223372036854775808')
  expect(String(Quantity.ofMilli(1500, 'BinarySI'))).toBe('1500m')
})

test('shortcuts take texts', () => {
  expect(String(addQuantities('100m', '0.4', parseQuantity('1')))).toBe('1500m')
  expect(String(addQuantities())).toBe('0')
  expect(['2', '100m', '1Ki', '-1'].sort(compareQuantities)).toEqual(['-1', '100m', '2', '1Ki'])
  expect(parseQuantity('7Mi')).toBe(parseQuantity('7Mi'))
})
