import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import {
  defaultConfiguration,
  defaultProfile,
  feasibleNodesToFind,
  multiPointOnly,
  Scheduler,
  type Step,
} from '../src/index.ts'

export function makeNode(name: string, cpu: string, extra: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
    ...extra,
  }
}

export function makePod(name: string, cpu: string, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { containers: [{ name: 'main', image: 'app', resources: { requests: { cpu } } }], ...spec },
  }
}

/** A scheduler with a hand-wound clock. */
function setUp() {
  let time = 0
  const scheduler = new Scheduler({ now: () => time, gates: createFeatureGates() })
  const drain = () => {
    const steps: Step[] = []
    for (let step = scheduler.next(); step !== undefined; step = scheduler.next()) steps.push(step)
    return steps
  }
  return { scheduler, drain, advance: (ms: number) => (time += ms) }
}

describe('a scheduler', () => {
  test('places the more important pod first', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('a', '4'))
    scheduler.podChanged(undefined, makePod('low', '1'))
    scheduler.podChanged(undefined, makePod('high', '1', { priority: 100 }))
    expect(drain().map((step) => step.pod.metadata.name)).toEqual(['high', 'low'])
  })

  test('says what is missing, and tries again when a node with room comes', () => {
    const { scheduler, drain, advance } = setUp()
    scheduler.nodeChanged(undefined, makeNode('small', '1'))
    scheduler.podChanged(undefined, makePod('big', '3'))
    const preemption = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
    expect(drain()).toMatchObject([
      {
        type: 'failed',
        reason: 'Unschedulable',
        message: `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ${preemption}`,
      },
    ])
    expect(scheduler.queue.place('default/big')).toBe('unschedulable')

    scheduler.nodeChanged(undefined, makeNode('tiny', '1'))
    expect(scheduler.queue.place('default/big')).toBe('unschedulable')
    scheduler.nodeChanged(undefined, makeNode('large', '8'))
    expect(scheduler.queue.place('default/big')).toBe('backoff')
    advance(2000)
    scheduler.queue.flush()
    expect(drain()).toMatchObject([{ type: 'bind', node: 'large' }])
  })

  test('counts an assumed pod until its binding fails', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('only', '1'))
    scheduler.podChanged(undefined, makePod('first', '1'))
    const [step] = drain()
    scheduler.podChanged(undefined, makePod('second', '1'))
    expect(drain()).toMatchObject([{ type: 'failed' }])
    if (step?.type === 'bind') scheduler.bindFailed(step, { code: 'Error', reasons: ['refused'] })
    expect(scheduler.cache.view().get('only')?.pods).toEqual([])
  })

  test('keeps a pod with scheduling gates out until the last one is gone', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('a', '4'))
    const gated = makePod('gated', '1', { schedulingGates: [{ name: 'example.com/wait' }] })
    scheduler.podChanged(undefined, gated)
    expect(drain()).toEqual([])
    expect(scheduler.pendingCounts().gated).toBe(1)
    scheduler.podChanged(gated, makePod('gated', '1', { schedulingGates: [] }))
    expect(drain()).toMatchObject([{ type: 'bind', node: 'a' }])
  })

  test('refuses what it does not model instead of placing it wrongly', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('a', '4'))
    scheduler.podChanged(
      undefined,
      makePod('apart', '1', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }),
    )
    const [step] = drain()
    expect(step).toMatchObject({ type: 'failed', reason: 'Unschedulable' })
    expect(step?.type === 'failed' && step.message).toContain('unsupported: DynamicResources (spec.resourceClaims)')
    scheduler.nodeChanged(undefined, makeNode('b', '4'))
    expect(scheduler.queue.place('default/apart')).toBe('unschedulable')
  })

  test('a plugin that throws fails its pod and nothing else', () => {
    const angry = {
      name: 'Angry',
      filter: () => {
        throw new Error('no mood')
      },
    }
    const gates = createFeatureGates()
    const profile = defaultProfile(gates)
    const enabled = [...profile.plugins.multiPoint.enabled, { name: 'Angry' }]
    const scheduler = new Scheduler({
      now: () => 0,
      gates,
      plugins: new Map([['Angry', () => angry]]),
      configuration: {
        ...defaultConfiguration(gates),
        profiles: [{ ...profile, plugins: multiPointOnly({ enabled, disabled: [] }) }],
      },
    })
    scheduler.nodeChanged(undefined, makeNode('a', '4'))
    scheduler.podChanged(undefined, makePod('victim', '1'))
    expect(scheduler.next()).toMatchObject({
      type: 'failed',
      reason: 'SchedulerError',
      message: 'running "Angry" filter plugin: no mood',
    })
  })
})

test('the share of nodes that are looked at shrinks as clusters grow', () => {
  const counts = [1, 99, 100, 125, 1000, 5000, 6000].map((nodes) => feasibleNodesToFind(nodes, 0))
  expect(counts).toEqual([1, 99, 100, 100, 420, 500, 300])
})

test('counts attempts, evaluations and what it knows by the names that upstream uses', () => {
  const { scheduler, drain } = setUp()
  scheduler.nodeChanged(undefined, makeNode('a', '1'))
  scheduler.nodeChanged(undefined, makeNode('b', '4'))
  scheduler.podChanged(undefined, makePod('fits', '2'))
  scheduler.podChanged(undefined, makePod('huge', '64'))
  for (const step of drain()) if (step.type === 'bind') scheduler.bound(step)
  const profile = 'default-scheduler'
  const value = (name: string, labels: Readonly<Record<string, string>>) => scheduler.metrics.value(name, labels)
  expect(value('schedule_attempts_total', { result: 'scheduled', profile })).toBe(1)
  expect(value('schedule_attempts_total', { result: 'unschedulable', profile })).toBe(1)
  expect(value('cache_size', { type: 'nodes' })).toBe(2)
  expect(value('cache_size', { type: 'assumed_pods' })).toBe(1)
  const filter = { plugin: 'NodeResourcesFit', extension_point: 'Filter', profile }
  expect(value('plugin_evaluation_total', filter)).toBe(4)
  expect(scheduler.metrics.samples().every(({ name }) => name.startsWith('scheduler_'))).toBe(true)
})
