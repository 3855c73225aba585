import { scheme } from '@kube-bonsai/api-types'
import { deepEqual } from '@kube-bonsai/apimachinery'
import * as patches from '@kube-bonsai/patch'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const schema = patches.PatchSchema.of(await scheme.load('', 'v1'), { group: '', version: 'v1', kind: 'Pod' })

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'x/y', 'm~n')
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(1, 'x', true, false),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}))
const document = fc.dictionary(key, value, { maxKeys: 4 })
const frozen = <T>(json: T): T => {
  const work: unknown[] = [json]
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (typeof next === 'object' && next !== null) work.push(...Object.values(Object.freeze(next)))
  }
  return json
}

test('a merge patch made of two documents turns the one into the other', () => {
  fc.assert(
    fc.property(document, document, (a, b) => {
      const patch = patches.createMergePatch(frozen(a), frozen(b))
      expect(deepEqual(patches.applyMergePatch(a, patch), b)).toBe(true)
    }),
  )
})

test('a merge patch of equal documents is empty, and applying it gives the same document', () => {
  fc.assert(
    fc.property(document, (a) => {
      expect(patches.createMergePatch(a, structuredClone(a))).toEqual({})
      expect(patches.applyMergePatch(a, {})).toBe(a)
    }),
  )
})

const pointer = fc.array(
  fc.oneof(
    key.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')),
    fc.constantFrom('0', '1', '-', '-1'),
  ),
  { minLength: 1, maxLength: 3 },
)
const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
  path: pointer.map((steps) => `/${steps.join('/')}`),
  from: pointer.map((steps) => `/${steps.join('/')}`),
  value,
})

test('a JSON patch never changes its document, whether it succeeds or not, and fails with a PatchError only', () => {
  fc.assert(
    fc.property(document, fc.array(operation, { maxLength: 5 }), (given, operations) => {
      const before = JSON.stringify(given)
      try {
        patches.applyJsonPatch(frozen(given), frozen(operations))
      } catch (error) {
        expect(error).toBeInstanceOf(patches.PatchError)
      }
      expect(JSON.stringify(given)).toBe(before)
      expect(Object.prototype).not.toHaveProperty('a')
    }),
  )
})

test('what is added is found by a test, and removing it undoes the addition', () => {
  fc.assert(
    fc.property(document, value, (given, added) => {
      const there = patches.applyJsonPatch(given, [
        { op: 'add', path: '/new', value: added },
        { op: 'test', path: '/new', value: added },
      ])
      expect(deepEqual(patches.applyJsonPatch(there, [{ op: 'remove', path: '/new' }]), given)).toBe(true)
    }),
  )
})

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const env = fc.uniqueArray(fc.record({ name, value: fc.constantFrom('1', '2') }), {
  selector: (e) => e.name,
  maxLength: 4,
})
const container = fc.record({ name, image: fc.constantFrom('i', 'j'), env }, { requiredKeys: ['name'] })
// Upstream takes an unsorted list of values for changed, and a list that only gets sorted for unchanged.
const finalizers = fc.uniqueArray(name, { maxLength: 3 }).map((names) => names.sort())
const podOf = fc.record({
  metadata: fc.record({ labels: fc.dictionary(name, name), finalizers }),
  spec: fc.record({
    containers: fc.uniqueArray(container, { selector: (c) => c.name, minLength: 1, maxLength: 4 }),
    nodeSelector: fc.dictionary(name, name),
  }),
})

/** A list that a patch empties stays as an empty one, or goes: both mean the same. */
const meant = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json, (_, item) => (Array.isArray(item) && item.length === 0 ? undefined : item)))

test('a strategic merge patch made of two pods turns the one into the other, order included', () => {
  fc.assert(
    fc.property(podOf, podOf, (a, b) => {
      const patch = patches.createStrategicMergePatch(frozen(a), frozen(b), schema)
      const done = patches.applyStrategicMergePatch(a, frozen(patch), schema)
      expect(meant(done)).toEqual(meant(b))
    }),
  )
})

test('applying what is there already changes nothing', () => {
  fc.assert(
    fc.property(podOf, (pod) => {
      expect(patches.createStrategicMergePatch(pod, structuredClone(pod), schema)).toEqual({})
      expect(deepEqual(patches.applyStrategicMergePatch(pod, pod, schema), pod)).toBe(true)
      const documents = { original: pod, modified: pod, current: pod }
      expect(patches.createThreeWayMergePatch(documents, schema, { overwrite: false })).toEqual({})
    }),
  )
})
