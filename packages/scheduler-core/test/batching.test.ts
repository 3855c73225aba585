import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultConfiguration,
  multiPointOnly,
  type Plugin,
  type PluginFactory,
  parseConfiguration,
  Scheduler,
  type SchedulerOptions,
  unschedulable,
} from '../src/index.ts'
import { makeNode, makePod } from './helpers.ts'

/** One pod per node; nodes with higher numbers are better. */
const onePerNode: Plugin = {
  name: 'OnePerNode',
  filter: (_state, _pod, node) => (node.pods.length > 0 ? unschedulable('taken') : undefined),
  score: (_state, _pod, node) => Number(node.name.slice(1)),
  sign: ({ pod }) => new Map([['labels', pod.metadata.labels ?? {}]]),
}
/** Room for everybody. */
const roomy: Plugin = { name: 'OnePerNode', filter: () => undefined, score: () => 0, sign: () => new Map() }

function cluster(plugin: Plugin, options: Partial<SchedulerOptions> = {}, set: Readonly<Record<string, boolean>> = {}) {
  let time = 0
  const gates = createFeatureGates({ set })
  const enabled = [{ name: 'PrioritySort' }, { name: 'OnePerNode' }, { name: 'DefaultBinder' }]
  const configuration = {
    ...defaultConfiguration(gates),
    profiles: [
      { schedulerName: 'default-scheduler', plugins: multiPointOnly({ enabled, disabled: [] }), pluginConfig: [] },
    ],
  }
  const plugins = new Map<string, PluginFactory>([['OnePerNode', () => plugin]])
  const scheduler = new Scheduler({ now: () => time, gates, configuration, plugins, ...options })
  const place = (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const pod = makePod(name, '1')
    scheduler.podChanged(undefined, { ...pod, metadata: { ...pod.metadata, labels } })
    const step = scheduler.next()
    return step?.type === 'bind' ? step.node : undefined
  }
  const attempts = (result: string) =>
    scheduler.metrics.value('batch_attempts_total', { profile: 'default-scheduler', result })
  const flushed = (reason: string) =>
    scheduler.metrics.value('batch_cache_flushed_total', { profile: 'default-scheduler', reason })
  return { scheduler, place, attempts, flushed, advance: (ms: number) => (time += ms) }
}

function withNodes(scheduler: Scheduler, count: number): void {
  for (let index = 1; index <= count; index++) scheduler.nodeChanged(undefined, makeNode(`n${index}`, '4'))
}

describe('opportunistic batching', () => {
  test('places equal pods by one ranking', () => {
    const { scheduler, place, attempts } = cluster(onePerNode)
    withNodes(scheduler, 10)
    const nodes = Array.from({ length: 10 }, (_, index) => place(`p${index}`))
    expect(nodes).toEqual(['n10', 'n9', 'n8', 'n7', 'n6', 'n5', 'n4', 'n3', 'n2', 'n1'])
    expect([attempts('no_hint'), attempts('hint_used'), attempts('hint_not_used')]).toEqual([1, 9, 0])
  })

  test('starts over when the last node has room, the ranking is old, a pod failed between, or the pod is another', () => {
    const room = cluster(roomy)
    withNodes(room.scheduler, 3)
    room.place('a')
    room.place('b')
    expect(room.flushed('node_not_full')).toBe(1)

    const old = cluster(onePerNode)
    withNodes(old.scheduler, 5)
    old.place('a')
    old.advance(501)
    old.place('b')
    expect(old.flushed('expired')).toBe(1)
    old.place('c', { app: 'x' })
    expect(old.flushed('pod_incompatible')).toBe(1)
    old.scheduler.podChanged(
      undefined,
      makePod(
        'gone',
        '1',
        {},
        { metadata: { name: 'gone', namespace: 'default', uid: 'g', deletionTimestamp: 'now' } },
      ),
    )
    old.scheduler.next()
    old.place('d', { app: 'x' })
    expect(old.flushed('pod_skipped')).toBe(1)
  })

  test('signs nothing while a plugin does not, and does nothing while the gate is off', () => {
    const { sign: _, ...unsigned } = onePerNode
    const without = cluster(unsigned)
    expect(without.scheduler.signatureOf(makePod('a', '1'))).toBeUndefined()
    const off = cluster(onePerNode, {}, { OpportunisticBatching: false })
    withNodes(off.scheduler, 3)
    off.place('a')
    expect(off.attempts('no_hint')).toBe(0)
  })

  test('a signature is JSON with sorted keys; a plugin that throws leaves the pod unsigned', () => {
    const { scheduler } = cluster(onePerNode)
    const pod = makePod('a', '1', { schedulerName: 'default-scheduler' })
    const labelled = { ...pod, metadata: { ...pod.metadata, labels: { b: '2', a: '1' } } }
    const text = '{"labels":{"a":"1","b":"2"},"v1.Pod.Spec.SchedulerName":"default-scheduler"}'
    expect(scheduler.signatureOf(labelled)).toBe(text)
    const broken: Plugin = { ...onePerNode, sign: () => new Map([['bad', () => 0]]) }
    const angry = cluster(broken)
    withNodes(angry.scheduler, 2)
    expect(angry.scheduler.signatureOf(pod)).toBeUndefined()
    expect(angry.place('a')).toBe('n2')
  })

  test('changes no decision but which of the equally best nodes wins', () => {
    const kinds = fc.array(fc.constantFrom('x', 'y'), { maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), kinds, (nodes, pods) => {
        const equal: Plugin = { ...onePerNode, score: (_state, _pod, node) => Number(node.name.slice(1)) % 3 }
        const [on, off] = [cluster(equal), cluster(equal, {}, { OpportunisticBatching: false })]
        for (const { scheduler } of [on, off]) withNodes(scheduler, nodes)
        const score = (node: string | undefined) => (node === undefined ? undefined : Number(node.slice(1)) % 3)
        for (const [index, app] of pods.entries()) {
          const [hinted, plain] = [on.place(`p${index}`, { app }), off.place(`p${index}`, { app })]
          expect(score(hinted)).toBe(score(plain))
        }
      }),
    )
  })
})

describe('the signature of a pod', () => {
  const pluginConfig = [{ name: 'PodTopologySpread', args: { defaultingType: 'List' } }]
  const gates = createFeatureGates()
  const pod = makePod(
    'web',
    '1',
    {
      schedulerName: 'default-scheduler',
      containers: [
        {
          name: 'main',
          image: 'i',
          resources: { requests: { cpu: '250m' } },
          ports: [{ containerPort: 80, hostPort: 80 }],
        },
      ],
    },
    { metadata: { name: 'web', namespace: 'default', uid: 'u', labels: { app: 'x' } } },
  )

  test('is upstream’s, once no default constraints are in the way', () => {
    const configuration = parseConfiguration({ profiles: [{ pluginConfig }] }, gates)
    const scheduler = new Scheduler({ now: () => 0, gates, configuration })
    expect(JSON.parse(scheduler.signatureOf(pod) ?? 'null')).toEqual({
      'v1.Pod.Labels': { app: 'x' },
      'v1.Pod.Spec.Affinity.NodeAffinity': null,
      'v1.Pod.Spec.Affinity.NodeSelector': null,
      'v1.Pod.Spec.CanonicalImageNames()': ['i:latest'],
      'v1.Pod.Spec.ContainerRequestsAndOverheads()': {
        MilliCPU: 250,
        Memory: 0,
        EphemeralStorage: 0,
        AllowedPodNumber: 0,
        ScalarResources: null,
      },
      'v1.Pod.Spec.HostPorts()': [80],
      'v1.Pod.Spec.NodeName': '',
      'v1.Pod.Spec.SchedulerName': 'default-scheduler',
      'v1.Pod.Spec.Tolerations': [],
      'v1.Pod.Spec.Volumes.NonSyntheticSources()': [],
    })
  })

  test('does not exist with the default configuration', () => {
    expect(new Scheduler({ now: () => 0, gates }).signatureOf(pod)).toBeUndefined()
  })
})
