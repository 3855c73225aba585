import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EncodedObjects, Remembered } from '../src/codec/encoded-objects.ts'
import { bodyText } from '../src/codec/json-text.ts'

const item = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record({ name: fc.string() }),
})
const withoutKind = ({ metadata }: { readonly metadata: object }) => ({ metadata })

test('a list has the same text, read once or twice, of objects that can change or cannot', () => {
  fc.assert(
    fc.property(fc.array(item), fc.boolean(), (items, frozen) => {
      const known = new EncodedObjects()
      const own = frozen ? items.map((one) => Object.freeze(one)) : items
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: own }
      const text = bodyText(list, known)
      expect(JSON.parse(text)).toEqual({ ...list, items: items.map(withoutKind) })
      expect(bodyText(list, known)).toBe(text)
    }),
  )
})

test('a Table has the text of its value', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(fc.string()), fc.option(item))), (rows) => {
      const table = {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: {},
        columnDefinitions: [],
        rows: rows.map(([cells, object]) => ({ cells, object })),
      }
      expect(JSON.parse(bodyText(table, new EncodedObjects()))).toEqual(table)
    }),
  )
})

test('what changed is encoded anew', () => {
  const known = new EncodedObjects()
  const object = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' } }
  expect(known.textOf(object)).toContain('"a"')
  object.metadata = { name: 'b' }
  expect(known.textOf(object)).toContain('"b"')
})

test('one event is one line for all who are sent it', () => {
  const known = new EncodedObjects()
  const object = Object.freeze({ kind: 'Pod', apiVersion: 'v1', metadata: {} })
  const line = known.line({ type: 'ADDED', object })
  expect(known.line({ type: 'ADDED', object })).toBe(line)
  expect(new TextDecoder().decode(known.line({ type: 'DELETED', object }))).toBe(
    '{"type":"DELETED","object":{"kind":"Pod","apiVersion":"v1","metadata":{}}}\n',
  )
})

test('no more is remembered than two generations of the budget, and what is asked for stays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 200 }), (asked) => {
      const objects = Array.from({ length: 20 }, () => ({}))
      const used = { name: 'used' }
      const known = new Remembered<number>(5, () => 1)
      known.set(used, 1)
      for (const index of asked) {
        const object = objects[index] ?? {}
        if (known.get(object) === undefined) known.set(object, index)
        expect(known.get(used)).toBe(1)
      }
      expect(objects.filter((object) => known.get(object) !== undefined).length).toBeLessThanOrEqual(11)
    }),
  )
})
