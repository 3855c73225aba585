import { scheme } from '@kube-bonsai/api-types'
import { isRequestEntityTooLarge } from '@kube-bonsai/apimachinery'
import * as patches from '@kube-bonsai/patch'
import { describe, expect, test } from 'vitest'

const pod = { group: '', version: 'v1', kind: 'Pod' }
const core = await scheme.load('', 'v1')
const podSchema = patches.PatchSchema.of(core, pod)

describe('JSON patch', () => {
  test('replace makes a key that is not there', () => {
    expect(patches.applyJsonPatch({}, [{ op: 'replace', path: '/a', value: 1 }])).toEqual({ a: 1 })
  })

  test('an index may be negative and have leading zeros', () => {
    const operations = [
      { op: 'remove', path: '/l/01' },
      { op: 'add', path: '/l/-1', value: 9 },
    ]
    expect(patches.applyJsonPatch({ l: [1, 2, 3] }, operations)).toEqual({ l: [1, 3, 9] })
  })

  test('a value that is copied and then changed changes in one place only', () => {
    const operations = [
      { op: 'add', path: '/a/x', value: 1 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/x', value: 2 },
    ]
    expect(patches.applyJsonPatch({ a: {} }, operations)).toEqual({ a: { x: 1 }, b: { x: 2 } })
  })

  test('__proto__ is a key like any other', () => {
    const done = patches.applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }])
    expect(JSON.stringify(done)).toBe('{"__proto__":{"polluted":true}}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(() => patches.applyJsonPatch({}, [{ op: 'add', path: '/__proto__/polluted', value: 1 }])).toThrow(
      'doc is missing path',
    )
  })

  test('more than 10000 operations are too large', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a' }))
    try {
      patches.applyJsonPatch({}, operations)
      expect.unreachable()
    } catch (error) {
      expect(isRequestEntityTooLarge(error)).toBe(true)
    }
  })
})

describe('strategic merge patch', () => {
  const document = {
    spec: {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
    },
  }

  test('containers merge by name', () => {
    const patch = { spec: { containers: [{ name: 'b', image: '3' }] } }
    expect(patches.applyStrategicMergePatch(document, patch, podSchema)).toEqual({
      spec: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '3' },
        ],
      },
    })
  })

  test('what did not change is shared', () => {
    const patch = { metadata: { labels: { a: 'b' } } }
    const done = patches.applyStrategicMergePatch(document, patch, podSchema)
    expect(Reflect.get(Object(done), 'spec')).toBe(document.spec)
  })

  test('an unknown kind is refused', () => {
    const foo = { group: 'example.com', version: 'v1', kind: 'Foo' }
    expect(() => patches.PatchSchema.of(core, foo)).toThrow('strategic merge patch format is not supported')
  })
})

test('three-way patches keep what others set and refuse what both changed', () => {
  const original = { metadata: { labels: { a: '1', gone: 'x' } } }
  const modified = { metadata: { labels: { a: '2' } } }
  const current = { metadata: { labels: { a: '1', gone: 'x', theirs: 'y' } } }
  const patch = patches.createThreeWayMergePatch({ original, modified, current }, podSchema, { overwrite: false })
  expect(patch).toEqual({ metadata: { labels: { a: '2', gone: null } } })
  const changed = { metadata: { labels: { a: '3' } } }
  expect(() =>
    patches.createThreeWayMergePatch({ original, modified, current: changed }, podSchema, { overwrite: false }),
  ).toThrow(patches.PatchConflictError)
})

test('documents that nest too deep are refused, not crashed on', () => {
  let deep: unknown = {}
  for (let i = 0; i < 100_000; i++) deep = { a: deep }
  expect(() => patches.applyMergePatch({}, deep)).toThrow('exceeded max depth')
  expect(() => patches.applyStrategicMergePatch({}, deep, podSchema)).toThrow('exceeded max depth')
  expect(patches.applyJsonPatch({}, [{ op: 'add', path: '/a', value: deep }])).toHaveProperty('a')
})
