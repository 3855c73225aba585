import fc from 'fast-check'
import { placesOf, withValueAt } from './places.ts'

/** Objects and lists in each other, thousands deep. */
const nested = fc.tuple(fc.integer({ min: 100, max: 5000 }), fc.boolean()).map(([depth, lists]) => {
  let value: unknown = 'bottom'
  for (let level = 0; level < depth; level += 1) value = lists ? [value] : { a: value }
  return value
})

/** Own keys that JavaScript itself knows, as JSON brings them. */
const poisoned = fc
  .constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length')
  .map((key): unknown => JSON.parse(`{${JSON.stringify(key)}: {"polluted": true, "name": "x"}}`))

/** Amounts whose exact value nobody wants to compute. */
const amounts = fc.constantFrom(
  '1e99999999999',
  '-1E999999',
  '9'.repeat(5000),
  `0.${'0'.repeat(3000)}1`,
  '1e-99999',
  '١',
  'NaN',
  '1Ei'.repeat(3),
)

const texts = fc.oneof(
  fc.constantFrom('', ' ', '\u0000', '\ud800', '\u2028', '..', '../../x', '%2e%2e', 'a/b/c', '{{.}}', '\u202e'),
  fc.integer({ min: 1000, max: 100_000 }).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

const numbers = fc.constantFrom<unknown>(-0, 2 ** 53, -(2 ** 63), 1e308, 5e-324, 1.5, 2 ** 31)

/** Values that should never harm: poisoned keys, deep nesting, huge texts and amounts, odd numbers, any JSON. */
export const arbitraryHostileValue: fc.Arbitrary<unknown> = fc.oneof(
  poisoned,
  nested,
  amounts,
  texts,
  numbers,
  fc.constantFrom<unknown>(null, true, [], {}, [null]),
  fc.jsonValue({ maxDepth: 3 }),
)

/** A valid object with a hostile value in one to three places, which may be anywhere but the whole. */
export function arbitraryHostile<T extends object>(valid: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const attack = fc.tuple(fc.nat(), arbitraryHostileValue, fc.boolean())
  return fc.tuple(valid, fc.array(attack, { minLength: 1, maxLength: 3 })).map(([object, attacks]) =>
    attacks.reduce<unknown>((at, [where, value, asField]) => {
      const places = placesOf(at).filter((place) => place.length > 0)
      const place = places[where % Math.max(1, places.length)] ?? []
      return withValueAt(at, place, (part) => (asField ? grafted(part, value) : value))
    }, object),
  )
}

/** The fields of a hostile object beside those that are there; anything else takes the place. */
function grafted(part: unknown, value: unknown): unknown {
  const both = [part, value].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
  if (!both) return value
  return Object.fromEntries([...Object.entries(Object(part)), ...Object.entries(Object(value))])
}
