import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { PodDisruptionBudget } from '@kube-bonsai/api-types/policy/v1'
import { describe, expect, test } from 'vitest'
import type { FailedStep, Scheduler } from '../src/index.ts'
import { makeNode, makePod, placed, setUp } from './helpers.ts'

const sync = { set: { SchedulerAsyncPreemption: false }, exhaustivePreemption: true }

interface Running {
  readonly node: string
  readonly priority: number
  readonly cpu?: string
  readonly started?: string
  readonly labels?: Readonly<Record<string, string>>
}

function run(scheduler: Scheduler, name: string, { node, priority, cpu = '1', started, labels = {} }: Running): Pod {
  const pod = makePod(name, cpu, { priority }, { status: { startTime: started ?? '2026-01-01T00:00:00Z' } })
  const running = placed({ ...pod, metadata: { ...pod.metadata, labels } }, node)
  scheduler.podChanged(undefined, running)
  return running
}

function budget(name: string, disruptionsAllowed: number, disrupted: readonly string[] = []): PodDisruptionBudget {
  const disruptedPods = Object.fromEntries(disrupted.map((pod) => [pod, '2026-01-01T00:00:00Z']))
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: name } } },
    status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed, expectedPods: 1, disruptedPods },
  }
}

/** Nodes of one cpu each with the given pods, and what becomes of a pod of priority 100 that needs one. */
function preempt(running: readonly Running[], prepare: (scheduler: Scheduler) => void = () => {}): FailedStep {
  const { scheduler, drain } = setUp([], sync)
  for (const name of new Set(running.map(({ node }) => node))) scheduler.nodeChanged(undefined, makeNode(name, '1'))
  running.forEach((pod, index) => {
    run(scheduler, `run-${index}`, pod)
  })
  prepare(scheduler)
  scheduler.podChanged(undefined, makePod('high', '1', { priority: 100 }))
  const [step] = drain()
  if (step?.type !== 'failed') throw new Error('it should not fit')
  return step
}

const victimsOf = (step: FailedStep) => step.preemption?.chosen?.victims.map(({ key }) => key)

describe('preemption', () => {
  test('says that it is of no use, or who goes where', () => {
    const none = preempt([{ node: 'a', priority: 100 }])
    const dryRun = 'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'
    expect(none.message).toBe(`0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ${dryRun}`)
    expect(none.nominatedNode).toBe('')
    const step = preempt([{ node: 'a', priority: 1 }])
    expect(step).toMatchObject({ message: '0/1 nodes are available: 1 Insufficient cpu.', nominatedNode: 'a' })
    expect(step.evict?.map(({ key }) => key)).toEqual(['default/run-0'])
  })

  test('does nothing for pods that must not preempt', () => {
    const { scheduler, drain } = setUp([], sync)
    scheduler.nodeChanged(undefined, makeNode('a', '1'))
    run(scheduler, 'low', { node: 'a', priority: 0 })
    scheduler.podChanged(undefined, makePod('polite', '1', { priority: 9, preemptionPolicy: 'Never' }))
    const reason = 'not eligible due to preemptionPolicy=Never.'
    const message = `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ${reason}`
    expect(drain()).toMatchObject([{ message }])
  })

  test('leaves nodes alone on which nothing would help', () => {
    const { scheduler, drain } = setUp([], sync)
    scheduler.nodeChanged(undefined, makeNode('small', '1'))
    run(scheduler, 'low', { node: 'small', priority: 0 })
    scheduler.podChanged(undefined, makePod('huge', '64', { priority: 9 }))
    const [step] = drain()
    expect(step?.type === 'failed' && step.message).toContain('1 Preemption is not helpful for scheduling.')
  })

  describe('chooses the node', () => {
    const chosen = (running: readonly Running[], prepare?: (scheduler: Scheduler) => void) =>
      preempt(running, prepare).nominatedNode
    const half = { cpu: '500m' }

    test('that breaks the fewest budgets', () => {
      const running = [
        { node: 'a', priority: 1, labels: { app: 'guarded' } },
        { node: 'b', priority: 50 },
      ]
      expect(
        chosen(running, (scheduler) => scheduler.objectChanged('PodDisruptionBudget', undefined, budget('guarded', 0))),
      ).toBe('b')
      expect(chosen(running)).toBe('a')
    })

    test('whose most important victim matters least', () => {
      expect(
        chosen([
          { node: 'a', priority: 20 },
          { node: 'b', priority: 10 },
        ]),
      ).toBe('b')
    })

    test('whose victims matter least together', () => {
      const a = [10, 9].map((priority) => ({ node: 'a', priority, ...half }))
      const b = [10, 1].map((priority) => ({ node: 'b', priority, ...half }))
      expect(chosen([...a, ...b])).toBe('b')
    })

    test('with the fewest victims', () => {
      const many = [1, -2147483648].map((priority) => ({ node: 'a', priority, ...half }))
      expect(chosen([...many, { node: 'b', priority: 1 }])).toBe('b')
    })

    test('whose victims started last', () => {
      const old = { node: 'a', priority: 1, started: '2026-01-01T00:00:00Z' }
      expect(chosen([old, { node: 'b', priority: 1, started: '2026-01-02T00:00:00Z' }])).toBe('b')
    })

    test('and of equal ones the first', () => {
      const step = preempt([
        { node: 'b', priority: 1 },
        { node: 'a', priority: 1 },
      ])
      expect(step.nominatedNode).toBe('a')
      expect(step.preemption?.bestCandidates).toEqual(['a', 'b'])
    })
  })

  test('spares the important and the guarded first', () => {
    const guarded = { app: 'guarded' }
    const pods = [
      { node: 'a', priority: 5, cpu: '500m', labels: guarded },
      { node: 'a', priority: 50, cpu: '500m' },
    ]
    const { scheduler, drain } = setUp([], sync)
    scheduler.nodeChanged(undefined, makeNode('a', '1'))
    pods.forEach((pod, index) => {
      run(scheduler, `run-${index}`, pod)
    })
    scheduler.objectChanged('PodDisruptionBudget', undefined, budget('guarded', 0))
    scheduler.podChanged(undefined, makePod('high', '500m', { priority: 100 }))
    const [step] = drain()
    expect(step?.type === 'failed' && victimsOf(step)).toEqual(['default/run-1'])
  })

  test('counts pods that the API disrupts already as allowed', () => {
    const running = [
      { node: 'a', priority: 1, labels: { app: 'guarded' } },
      { node: 'b', priority: 50 },
    ]
    const step = preempt(running, (scheduler) =>
      scheduler.objectChanged('PodDisruptionBudget', undefined, budget('guarded', 0, ['run-0'])),
    )
    expect(step.nominatedNode).toBe('a')
  })

  test('waits for victims that are still leaving its node', () => {
    const { scheduler, drain } = setUp([], sync)
    scheduler.nodeChanged(undefined, makeNode('a', '1'))
    const low = run(scheduler, 'low', { node: 'a', priority: 0 })
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] as const
    const leaving = {
      ...low,
      metadata: { ...low.metadata, deletionTimestamp: '2026-01-01T00:01:00Z' },
      status: { conditions },
    }
    scheduler.podChanged(low, leaving)
    scheduler.podChanged(undefined, makePod('high', '1', { priority: 9 }, { status: { nominatedNodeName: 'a' } }))
    const [step] = drain()
    const reason = 'preemption: not eligible due to a terminating pod on the nominated node.'
    expect(step?.type === 'failed' && step.message).toContain(reason)
    expect(step?.type === 'failed' && step.nominatedNode).toBeUndefined()
  })

  test('keeps the room that it makes for whoever it was made', () => {
    const { scheduler, drain } = setUp([], sync)
    scheduler.nodeChanged(undefined, makeNode('a', '1'))
    const low = run(scheduler, 'low', { node: 'a', priority: 0 })
    scheduler.podChanged(undefined, makePod('high', '1', { priority: 9 }))
    drain()
    scheduler.podRemoved(low)
    scheduler.podChanged(undefined, makePod('other', '1', { priority: 5 }))
    const steps = drain()
    expect(steps.map((step) => [step.pod.metadata.name, step.type])).toEqual([
      ['other', 'failed'],
      ['high', 'bind'],
    ])
  })

  test('holds the pod back while victims are being evicted, and tries it at once when one cannot be', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, makeNode('a', '1'))
    const low = run(scheduler, 'low', { node: 'a', priority: 0 })
    const high = makePod('high', '1', { priority: 9 })
    scheduler.podChanged(undefined, high)
    const [step] = drain()
    if (step?.type !== 'failed') throw new Error('it should not fit')
    scheduler.queue.activate(['default/high'])
    expect(scheduler.queue.place('default/high')).toBe('gated')
    scheduler.evicted(step, new Error('conflict'))
    expect(scheduler.queue.place('default/high')).toBe('active')
    const [again] = drain()
    if (again?.type !== 'failed') throw new Error('it should not fit')
    scheduler.evictingLast(again, low)
    scheduler.podRemoved(low)
    scheduler.evicted(again)
    expect(scheduler.queue.place('default/high')).toBe('backoff')
    expect(scheduler.metrics.value('preemption_attempts_total')).toBe(2)
  })
})
