import type { KubeObject } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { decide, decideAndExplain, prepareSnapshot, SnapshotError, type SnapshotInput } from '../src/index.ts'
import { makeNode, makePod } from './helpers.ts'

const broken = (input: SnapshotInput): SnapshotError => {
  try {
    decide(prepareSnapshot(input))
  } catch (error) {
    if (error instanceof SnapshotError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}
const of = (...objects: readonly KubeObject[]): SnapshotInput => ({ objects })

describe('a snapshot is completed', () => {
  test('with namespaces, uids and priorities', () => {
    const urgent = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'urgent' }, value: 7 }
    const { pods, objects, added } = prepareSnapshot(
      of(urgent, makePod('a', '1', { priorityClassName: 'urgent' }, { metadata: { name: 'a' } })),
    )
    expect(pods[0]?.spec).toMatchObject({ priority: 7, preemptionPolicy: 'PreemptLowerPriority' })
    expect(pods[0]?.metadata).toMatchObject({ namespace: 'default', uid: 'uid:Pod/default/a' })
    expect(added).toEqual(['added Namespace default'])
    expect(objects.at(-1)?.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'default' })
  })

  test('with label keys in selectors', () => {
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' } },
      matchLabelKeys: ['rev', 'none'],
      mismatchLabelKeys: ['tenant'],
    }
    const required = { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    const metadata = { name: 'a', labels: { rev: '2', tenant: 'x' } }
    const { pods } = prepareSnapshot(of(makePod('a', '1', { affinity: { podAffinity: required } }, { metadata })))
    const merged = pods[0]?.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]
    expect(merged?.labelSelector?.matchExpressions).toEqual([
      { key: 'rev', operator: 'In', values: ['2'] },
      { key: 'tenant', operator: 'NotIn', values: ['x'] },
    ])
  })
})

describe('a snapshot that cannot be used is refused in one line', () => {
  const cases: readonly (readonly [string, SnapshotInput, string])[] = [
    ['twice the same name', of(makeNode('n', '1'), makeNode('n', '1')), 'Node/n appears twice'],
    [
      'a pod on a node that is not there',
      of(makePod('a', '1', { nodeName: 'gone' })),
      'Pod default/a: spec.nodeName: there is no Node "gone" in the snapshot',
    ],
    [
      'negative amounts',
      of(makeNode('n', '-1')),
      'Node n: status.allocatable[cpu]: must be greater than or equal to 0, it is -1',
    ],
    [
      'absurd amounts',
      of(makePod('a', '1e18')),
      'Pod default/a: spec.containers[0].resources.requests[cpu]: 1e18 is more than can be counted exactly',
    ],
    [
      'a class that does not exist',
      of(makePod('a', '1', { priorityClassName: 'zz' })),
      'Pod default/a: no PriorityClass with name zz was found',
    ],
    [
      'a node with a namespace',
      of({ ...makeNode('n', '1'), metadata: { name: 'n', namespace: 'x' } }),
      'Node "n": is cluster scoped and must have no namespace',
    ],
    ['an object without a name', of({ apiVersion: 'v1', kind: 'Pod', metadata: {} }), 'a Pod has no metadata.name'],
    [
      'another kind',
      of({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }),
      'kind Deployment (apps/v1) is not one that a snapshot may hold',
    ],
    ['unknown options', { objects: [], options: { mode: 'x' } }, 'options: "x" is not one of once, settle'],
    ['no attempts', { objects: [], options: { maxAttempts: -1 } }, 'options: maxAttempts must be positive'],
    ['unknown gates', { objects: [], featureGates: { X: true } }, 'featureGates: unrecognized feature gate: X'],
    [
      'gates without what they need',
      { objects: [], featureGates: { GangScheduling: true } },
      'featureGates: GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]',
    ],
    [
      'unknown fields of the configuration',
      { objects: [], config: { foo: 1 } },
      'config: strict decoding error: unknown field "foo"',
    ],
    [
      'plugins that nobody knows',
      { objects: [], config: { profiles: [{ plugins: { score: { enabled: [{ name: 'Nope' }] } } }] } },
      'config: cannot build the scheduler: initializing profiles: creating profile for scheduler name default-scheduler: ScorePlugin "Nope" does not exist',
    ],
  ]
  test.each(cases)('%s', (_, input, message) => {
    expect(broken(input).message).toBe(message)
  })
})

describe('decisions', () => {
  test('pods are tried by priority, then by age', () => {
    const at = (name: string, creationTimestamp: string, priority = 0) =>
      makePod(name, '1', { priority }, { metadata: { name, namespace: 'default', creationTimestamp } })
    const { decisions } = decide(
      prepareSnapshot(
        of(
          makeNode('n', '8'),
          at('young', '2026-01-02T00:00:00Z'),
          at('old', '2026-01-01T00:00:00Z'),
          at('urgent', '2026-01-03T00:00:00Z', 5),
        ),
      ),
    )
    expect(decisions.map(({ pod }) => pod)).toEqual(['default/urgent', 'default/old', 'default/young'])
  })

  test('gated pods and pods of other schedulers are said to be so', () => {
    const { decisions, unplaced } = decide(
      prepareSnapshot(
        of(
          makeNode('n', '8'),
          makePod('gated', '1', { schedulingGates: [{ name: 'wait' }] }),
          makePod('other', '1', { schedulerName: 'other' }),
        ),
      ),
    )
    expect(decisions).toMatchObject([
      { pod: 'default/gated', result: 'gated', message: 'waiting for scheduling gates: [wait]' },
      { pod: 'default/other', result: 'ignored', message: 'no profile handles scheduler name "other"' },
    ])
    expect(unplaced).toEqual(['default/gated', 'default/other'])
  })

  test('graceful victims stay until all others had their turn', () => {
    const objects = [
      makeNode('n', '2'),
      makePod('victim', '2', { nodeName: 'n', priority: 0 }),
      makePod('large', '2', { priority: 10 }),
      makePod('small', '1', { priority: 0 }),
    ]
    const [immediate, graceful] = ['immediate', 'graceful'].map((preemption) =>
      decide(prepareSnapshot({ objects, options: { preemption } })).decisions.map(({ pod, result }) => [pod, result]),
    )
    expect(immediate).toEqual([
      ['default/large', 'unschedulable'],
      ['default/large', 'scheduled'],
      ['default/small', 'unschedulable'],
    ])
    expect(graceful).toEqual([
      ['default/large', 'unschedulable'],
      ['default/small', 'unschedulable'],
      ['default/large', 'scheduled'],
    ])
  })

  test('a stuck pod is told what would help', () => {
    const { suggestionsFor } = decideAndExplain(
      prepareSnapshot(
        of(
          makeNode('small', '1'),
          makeNode('tainted', '8', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }),
          makePod('web', '2'),
          makePod('gated', '2', { schedulingGates: [{ name: 'wait' }] }),
        ),
      ),
    )
    expect(suggestionsFor('default/web').map(({ text }) => text)).toEqual([
      'give node small 1 more cpu (1 of 1 left), or ask for that much less',
      'let the pod tolerate gpu:NoSchedule',
      'take gpu:NoSchedule off node tainted',
    ])
    expect(suggestionsFor('default/gated').map(({ text }) => text)).toEqual(['remove the scheduling gates wait'])
  })
})
