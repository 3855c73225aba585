import { createRandom } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const draw = (random: ReturnType<typeof createRandom>): unknown => [
  random.int(10),
  random.int(2 ** 40),
  random.suffix(5),
  random.uuid(),
]

test('the values of a seed never change', () => {
  const random = createRandom(42)
  expect([
    random.int(100),
    random.int(100),
    random.suffix(10),
    random.uuid(),
    random.fork('pods').suffix(5),
  ]).toMatchInlineSnapshot(`
    [
      72,
      47,
      "7wrhrb4s9s",
      "b97e2522-513d-4768-b980-a4b390c01fb4",
      "ns69k",
    ]
  `)
})

test('the same seed gives the same sequence, whatever forks draw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.string()), fc.string(), fc.nat({ max: 5 }), (seed, label, draws) => {
      const [a, b] = [createRandom(seed), createRandom(seed)]
      const fork = a.fork(label)
      for (let index = 0; index < draws; index++) fork.int(7)
      expect(draw(a)).toEqual(draw(b))
      // A fork depends on the seed and the label, not on how much was drawn before.
      expect(draw(a.fork(label))).toEqual(draw(createRandom(seed).fork(label)))
    }),
  )
})

test('values keep their shape', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, bound) => {
      const random = createRandom(seed)
      const value = random.int(bound)
      expect(Number.isSafeInteger(value) && value >= 0 && value < bound).toBe(true)
      expect(random.suffix(8)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{8}$/)
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }),
  )
})

test('labels and seeds that look alike do not meet', () => {
  const random = createRandom('x')
  const uuids = new Set(Array.from({ length: 20_000 }, (_, index) => random.fork(`pod-${index}`).uuid()))
  for (let seed = 0; seed < 20_000; seed++) uuids.add(createRandom(seed).uuid())
  expect(uuids.size).toBe(40_000)
  expect(random.fork('a').fork('b').uuid()).not.toBe(random.fork('ab').uuid())
})

test('small ranges are fair', () => {
  const random = createRandom(7)
  const counts = [0, 0, 0, 0, 0]
  for (let index = 0; index < 50_000; index++) {
    const value = random.int(5)
    counts[value] = (counts[value] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})

test('bad arguments are refused', () => {
  for (const bound of [0, -1, 1.5, Number.NaN, 2 ** 53]) expect(() => createRandom(1).int(bound)).toThrow(RangeError)
  expect(() => createRandom(Number.NaN)).toThrow(RangeError)
})
