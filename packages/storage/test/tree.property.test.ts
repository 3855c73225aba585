import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOfPrefix, sortKey } from '../src/tree/sort-key.ts'
import { insert, rank, remove, sizeOf, type Tree, take } from '../src/tree/tree.ts'
import { compareBytes } from './model.ts'

/** Throws unless the tree is in order, counts right and is balanced; returns its height. */
function check(tree: Tree<number>, low: string | undefined, high: string | undefined): number {
  if (tree === undefined) return 0
  if (low !== undefined) expect(tree.key > low).toBe(true)
  if (high !== undefined) expect(tree.key < high).toBe(true)
  const [left, right] = [sizeOf(tree.left), sizeOf(tree.right)]
  expect(tree.size).toBe(left + right + 1)
  if (left + right > 1) expect(Math.max(left, right)).toBeLessThanOrEqual(3 * Math.min(left, right))
  return 1 + Math.max(check(tree.left, low, tree.key), check(tree.right, tree.key, high))
}

const change = fc.record({ key: fc.nat(60).map(String), put: fc.boolean() })

test('a tree stays in order and balanced, counts right, and leaves older trees as they were', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.nat(60).map(String), (changes, from) => {
      let tree: Tree<number>
      const naive = new Map<string, number>()
      const olds: { readonly tree: Tree<number>; readonly items: readonly number[] }[] = []
      for (const [i, { key, put }] of changes.entries()) {
        tree = put ? insert(tree, key, i) : remove(tree, key)
        if (put) naive.set(key, i)
        else naive.delete(key)
        if (i % 20 === 0) olds.push({ tree, items: take(tree, '', 1000) })
      }
      check(tree, undefined, undefined)
      const keys = [...naive.keys()].sort()
      const after = keys.filter((key) => key >= from)
      expect(take(tree, '', 1000)).toEqual(keys.map((key) => naive.get(key)))
      expect(take(tree, from, 3)).toEqual(after.slice(0, 3).map((key) => naive.get(key)))
      expect(rank(tree, from)).toBe(keys.length - after.length)
      for (const old of olds) expect(take(old.tree, '', 1000)).toEqual(old.items)
    }),
  )
})

test('keys that come in order do not make a tall tree', () => {
  let tree: Tree<number>
  for (let i = 0; i < 4096; i++) tree = insert(tree, String(i).padStart(5, '0'), i)
  expect(check(tree, undefined, undefined)).toBeLessThanOrEqual(24)
  for (let i = 0; i < 4000; i++) tree = remove(tree, String(i).padStart(5, '0'))
  expect(check(tree, undefined, undefined)).toBeLessThanOrEqual(12)
})

test('sort keys have the order of UTF-8 bytes, keep prefixes, and end where their prefix ends', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10000}'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 4,
  })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [sortKey(a), sortKey(b)]
      expect(Math.sign(compareBytes(a, b))).toBe(x === y ? 0 : x < y ? -1 : 1)
      expect(sortKey(a + b).startsWith(x)).toBe(true)
      const end = endOfPrefix(x)
      if (end !== undefined) expect(y >= x && y < end).toBe(y.startsWith(x))
      else expect(y >= x).toBe(y.startsWith(x) || y > x)
    }),
  )
})
