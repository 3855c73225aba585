import { expect, test } from 'vitest'
import { decode, emptiedFields, scheme, withoutEmptied } from '../src/index.ts'

const pod = { group: '', version: 'v1', kind: 'Pod' } as const

test('empty lists that Go leaves out are noted on the object that held them', async () => {
  await scheme.load('', 'v1')
  const given = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: {} },
    spec: { containers: [{ name: 'a', args: [] }] },
  }
  const { object } = decode(scheme.loaded, pod, given)
  const read = object as { readonly metadata: object; readonly spec: { readonly containers: readonly object[] } }
  expect(JSON.stringify(read)).toBe(
    '{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"containers":[{"name":"a"}]}}',
  )
  expect(emptiedFields(read.metadata)).toEqual(['labels'])
  expect(emptiedFields({ ...read.spec.containers[0] })).toEqual(['args'])
  const kept = withoutEmptied({ ...read, kind: 'Pod' })
  expect(emptiedFields(kept.metadata)).toEqual([])
  expect(JSON.stringify(kept)).toBe(JSON.stringify(read))
})

test('an object that held none is the same without notes', async () => {
  await scheme.load('', 'v1')
  const given = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [{ name: 'a' }] } }
  const { object } = decode(scheme.loaded, pod, given)
  expect(object).toBe(given)
  expect(withoutEmptied(given)).toBe(given)
})
