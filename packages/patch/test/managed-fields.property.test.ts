import type { KubeObject } from '@kube-bonsai/apimachinery'
import * as patches from '@kube-bonsai/patch'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const kind = { group: 'x.y', version: 'v1', kind: 'Thing' }
const now = '2026-01-01T00:00:00Z'
const later = '2026-01-01T00:00:09Z'
const manager = new patches.FieldManager({
  kind,
  typeIn: patches.schemalessType,
  zero: () => ({ apiVersion: 'x.y/v1', kind: 'Thing', metadata: {} }),
  complete: (object) => object,
})

const key = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'x/y', 'f:a', '.')
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(1, 'x', true),
    fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3 }),
    fc.array(fc.constantFrom(1, 2), { minLength: 1, maxLength: 3 }),
  ),
}))
const thing = fc
  .dictionary(key, value, { minKeys: 1, maxKeys: 4 })
  .map((spec) => ({ apiVersion: 'x.y/v1', kind: 'Thing', metadata: { name: 't' }, spec }))
const stored = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, uid: 'u' } })
const bare = (object: KubeObject) => patches.withManagedFields(object, undefined)

test('what is applied is there, is owned, and is applied only once', () => {
  fc.assert(
    fc.property(thing, thing, (first, second) => {
      const live = stored(manager.apply(undefined, first, 'one', false, now))
      const next = manager.apply(live, second, 'two', true, now)
      expect(manager.apply(next, second, 'two', false, later)).toEqual(next)
      expect(next.metadata.managedFields?.map((entry) => entry.manager)).toContain('two')
    }),
  )
})

test('an applier that gives everything up leaves what others applied', () => {
  fc.assert(
    fc.property(thing, thing, (first, second) => {
      const live = stored(manager.apply(undefined, first, 'one', false, now))
      const both = manager.apply(live, second, 'two', true, now)
      const { spec: _, ...nothing } = second
      const left = manager.apply(both, nothing, 'one', false, later)
      expect(manager.apply(left, second, 'two', false, later)).toEqual(left)
    }),
  )
})

test('an update changes nothing but the managed fields, and repeated it changes nothing', () => {
  fc.assert(
    fc.property(thing, thing, (first, second) => {
      const live = stored(manager.update(undefined, first, 'one', now))
      expect(bare(live)).toEqual(stored(first))
      const next = manager.update(live, stored(second), 'two', now)
      expect(bare(next)).toEqual(stored(second))
      expect(manager.update(next, bare(next), 'three', later)).toEqual(next)
    }),
  )
})

test('entries are read as they were written', () => {
  fc.assert(
    fc.property(thing, (first) => {
      const { managedFields } = manager.update(undefined, first, 'one', now).metadata
      const copy = JSON.parse(JSON.stringify(managedFields))
      const again = manager.update(undefined, { ...first, metadata: { name: 't', managedFields: copy } }, 'one', now)
      expect(again.metadata.managedFields).toEqual(managedFields)
      expect([...patches.readManagedFields(managedFields)]).toHaveLength(1)
    }),
  )
})
