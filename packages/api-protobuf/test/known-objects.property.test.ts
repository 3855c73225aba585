import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeObject, type EncodedObjects, encodeObject, encodeWatchFrame } from '../src/index.ts'

const pod = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record({ name: fc.string(), labels: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }) }),
  spec: fc.record({ nodeName: fc.string(), containers: fc.array(fc.record({ name: fc.string() }), { maxLength: 3 }) }),
})

function remember(): EncodedObjects & { readonly size: number } {
  const known = new Map<object, Uint8Array>()
  return {
    get: (object) => known.get(object),
    set: (object, bytes) => void known.set(object, bytes),
    get size() {
      return known.size
    },
  }
}

test('what is known of objects never changes the bytes of objects, lists and events', () => {
  fc.assert(
    fc.property(fc.array(pod, { maxLength: 6 }), fc.string(), (items, resourceVersion) => {
      const known = remember()
      const list = { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion }, items }
      const plain = encodeObject(list)
      expect(encodeObject(list, known)).toEqual(plain)
      expect(known.size).toBe(new Set(items).size)
      expect(encodeObject(list, known)).toEqual(plain)
      for (const object of items) {
        expect(encodeObject(object, known)).toEqual(encodeObject(object))
        expect(encodeWatchFrame({ type: 'ADDED', object }, known)).toEqual(encodeWatchFrame({ type: 'ADDED', object }))
      }
      expect(decodeObject(plain)).toMatchObject({ kind: 'PodList' })
    }),
  )
})

test('an item that is no object is refused by its place', () => {
  const list = { apiVersion: 'v1', kind: 'PodList', metadata: {}, items: [{}, 'x'] }
  expect(() => encodeObject(list, remember())).toThrow(/PodList\.items\[1\]/)
  expect(() => encodeObject(list)).toThrow(/PodList\.items\[1\]/)
})
