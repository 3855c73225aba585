import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unstableSort } from '../src/preemption/unstable-sort.ts'

const lists = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 300 }),
  fc.array(fc.integer(), { maxLength: 300 }),
  fc.array(fc.integer(), { maxLength: 300 }).map((list) => list.sort((left, right) => right - left)),
)

test('sorts every list into a permutation of itself, without touching the list', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const before = [...list]
      const sorted = unstableSort(list, (left, right) => left < right)
      expect(sorted).toEqual([...list].sort((left, right) => left - right))
      expect(list).toEqual(before)
    }),
  )
})

test('ends also where the comparison contradicts itself', () => {
  fc.assert(
    fc.property(lists, (list) => {
      expect(unstableSort(list, () => true)).toHaveLength(list.length)
    }),
  )
})

test('leaves equal items where Go leaves them', () => {
  const items = Array.from({ length: 14 }, (_, index) => ({ index, key: index % 2 }))
  const short = unstableSort(items.slice(0, 12), (left, right) => left.key < right.key)
  expect(short.map(({ index }) => index)).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
})
