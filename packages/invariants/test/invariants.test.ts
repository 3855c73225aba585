import type { Unstructured } from '@kube-bonsai/apimachinery'
import { createChecker, formatViolation, type ObservedEvent, watchEqualsList } from '@kube-bonsai/invariants'
import { describe, expect, test } from 'vitest'

const object = (kind: string, resourceVersion: string, change: object = {}, metadata: object = {}): Unstructured => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : kind === 'Widget' ? 'example.com/v1' : 'v1',
  kind,
  metadata: { name: 'x', namespace: 'default', uid: 'u', resourceVersion, ...metadata },
  ...change,
})
const event = (type: ObservedEvent['type'], of: Unstructured): ObservedEvent => ({ type, object: of })

const broken = (...events: readonly ObservedEvent[]): readonly string[] => {
  const checker = createChecker()
  for (const one of events) checker.observe(one)
  return checker.violations.map(({ rule }) => rule)
}

describe('generations', () => {
  test('binding a pod is no change of its spec', () => {
    const before = object('Pod', '1', { spec: { containers: [] } }, { generation: 1 })
    const after = object('Pod', '2', { spec: { containers: [], nodeName: 'n' } }, { generation: 1 })
    expect(broken(event('ADDED', before), event('MODIFIED', after))).toEqual([])
  })

  test('moving a pod to another node is', () => {
    const before = object('Pod', '1', { spec: { nodeName: 'm' } }, { generation: 1 })
    const after = object('Pod', '2', { spec: { nodeName: 'n' } }, { generation: 1 })
    expect(broken(event('ADDED', before), event('MODIFIED', after))).toEqual(['generation-counts-spec-changes'])
  })

  test('a Deployment counts its annotations, a Pod does not', () => {
    const annotated = { generation: 1, annotations: { a: 'b' } }
    const change = (kind: string) =>
      broken(
        event('ADDED', object(kind, '1', {}, { generation: 1 })),
        event('MODIFIED', object(kind, '2', {}, annotated)),
      )
    expect(change('Deployment')).toEqual(['generation-counts-spec-changes'])
    expect(change('Pod')).toEqual([])
  })

  test('a quantity written in another way is no change', () => {
    const limits = (cpu: string) => ({ spec: { containers: [{ name: 'a', resources: { limits: { cpu } } }] } })
    const before = object('Pod', '1', limits('1'), { generation: 1 })
    expect(
      broken(event('ADDED', before), event('MODIFIED', object('Pod', '2', limits('1000m'), { generation: 1 }))),
    ).toEqual([])
  })

  test('a ConfigMap keeps none', () => {
    const after = object('ConfigMap', '2', { data: { a: 'b' } }, { generation: 1 })
    expect(broken(event('ADDED', object('ConfigMap', '1')), event('MODIFIED', after))).toEqual([
      'generation-counts-spec-changes',
    ])
  })

  test('a status change of a custom resource may count or not', () => {
    const before = object('Widget', '1', { spec: {} }, { generation: 1 })
    for (const generation of [1, 2]) {
      const after = object('Widget', '2', { spec: {}, status: { ready: true } }, { generation })
      expect(broken(event('ADDED', before), event('MODIFIED', after))).toEqual([])
    }
  })
})

describe('watches', () => {
  test('initial events may come in any order of versions', () => {
    const bookmark = object('Pod', '9', {}, { name: '', annotations: { 'k8s.io/initial-events-end': 'true' } })
    const events = [
      event('ADDED', object('Pod', '8')),
      event('ADDED', object('Pod', '7', {}, { name: 'y' })),
      event('BOOKMARK', bookmark),
    ]
    const initial = createChecker(undefined, { start: 'initial-events' })
    expect(events.flatMap((one) => initial.observe(one))).toEqual([])
    expect(initial.observe(event('MODIFIED', object('Pod', '10', {}, { name: 'z' }))).map(({ rule }) => rule)).toEqual([
      'events-fit-the-state',
    ])
    expect(broken(...events)).toEqual(['watch-goes-forward'])
  })

  test('a watch of Tables has no objects to hold rules against', () => {
    const table = (generation?: number): Unstructured => ({
      apiVersion: 'meta.k8s.io/v1',
      kind: 'Table',
      metadata: { resourceVersion: '5', ...(generation === undefined ? {} : { generation }) },
    })
    expect(broken(event('ADDED', table(1)), event('MODIFIED', table()))).toEqual([])
  })

  test('versions of different kinds are not compared', () => {
    expect(broken(event('ADDED', object('Pod', '9')), event('ADDED', object('ConfigMap', '8')))).toEqual([])
  })

  test('a version of more digits is the greater one', () => {
    expect(broken(event('ADDED', object('Pod', '9')), event('MODIFIED', object('Pod', '10')))).toEqual([])
  })

  test('after a list, what it did not hold is new', () => {
    const checker = createChecker()
    const listed = {
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: { resourceVersion: '5' },
      items: [object('Pod', '4')],
    }
    checker.startFrom(listed)
    expect(checker.observe(event('MODIFIED', object('Pod', '6')))).toEqual([])
    expect(checker.observe(event('DELETED', object('Pod', '7', {}, { name: 'y' })))).toHaveLength(1)
  })
})

test('a deletion timestamp may come nearer, but not move later or go away', () => {
  const dying = (time?: string) => object('ConfigMap', time === undefined ? '3' : '2', {}, { deletionTimestamp: time })
  const first = event('ADDED', object('ConfigMap', '1', {}, { deletionTimestamp: '2026-01-01T00:01:00Z' }))
  expect(broken(first, event('MODIFIED', dying('2026-01-01T00:00:30Z')))).toEqual([])
  expect(broken(first, event('MODIFIED', dying('2026-01-01T00:02:00Z')))).toEqual(['deletion-is-final'])
  expect(broken(first, event('MODIFIED', dying()))).toEqual(['deletion-is-final'])
})

test('a violation says which rule, object and field, and both sides', () => {
  const checker = createChecker(undefined, {})
  checker.observe(event('ADDED', object('Pod', '5')))
  const [violation] = checker.observe(event('MODIFIED', object('Pod', '4')))
  expect(violation).toEqual({
    rule: 'resource-version-increases',
    object: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'x', uid: 'u' },
    path: 'metadata.resourceVersion',
    expected: 'more than 5',
    actual: '4',
  })
  expect(formatViolation(violation!)).toBe(
    'resource-version-increases: v1 Pod default/x metadata.resourceVersion: expected more than 5, got 4',
  )
})

test('a watch that is ahead of the list is not held against it', () => {
  const list = { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '1' }, items: [object('Pod', '1')] }
  const events = [event('ADDED', object('Pod', '1')), event('DELETED', object('Pod', '2'))]
  expect(watchEqualsList(events, list)).toEqual([])
  expect(watchEqualsList([], list)).toHaveLength(1)
  expect(watchEqualsList([event('ADDED', object('Pod', '1', { spec: {} }))], list).map(({ path }) => path)).toEqual([
    'spec',
  ])
})
