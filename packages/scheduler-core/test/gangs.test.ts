import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Workload } from '@kube-bonsai/api-types/scheduling/v1alpha1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BindStep, Outcome } from '../src/index.ts'
import { makeNode, makePod, placed, setUp } from './helpers.ts'

const gates = { set: { GenericWorkload: true, GangScheduling: true } }

function workload(minCount: number): Workload {
  return {
    apiVersion: 'scheduling.k8s.io/v1alpha1',
    kind: 'Workload',
    metadata: { name: 'job', namespace: 'default' },
    spec: { podGroups: [{ name: 'workers', policy: { gang: { minCount } } }] },
  }
}

function member(name: string, podGroupReplicaKey?: string): Pod {
  const ref = { name: 'job', podGroup: 'workers', ...(podGroupReplicaKey !== undefined && { podGroupReplicaKey }) }
  return makePod(name, '1', { workloadRef: ref })
}

/** A scheduler whose bindings succeed as soon as Permit lets them. */
function cluster(cpus: readonly string[]) {
  const all = setUp([], gates)
  const { scheduler, advance } = all
  const outcomes = new Map<string, Outcome>()
  const bound: string[] = []
  cpus.forEach((cpu, index) => {
    scheduler.nodeChanged(undefined, makeNode(`n${index}`, cpu))
  })
  const bind = (step: BindStep) => {
    scheduler.whenPermitted(step, (outcome) => {
      const name = step.pod.metadata.name ?? ''
      outcomes.set(name, outcome)
      if (outcome !== undefined) {
        scheduler.bindFailed(step, outcome)
        return
      }
      bound.push(name)
      scheduler.podChanged(step.pod, placed(step.pod, step.node))
      scheduler.bound(step)
    })
  }
  const run = () => {
    for (let step = scheduler.next(); step !== undefined; step = scheduler.next()) if (step.type === 'bind') bind(step)
  }
  const wait = (ms: number) => {
    advance(ms)
    scheduler.expireWaiting()
    scheduler.queue.flush()
    run()
  }
  return { ...all, bound, outcomes, run, wait }
}

describe('a gang', () => {
  test('waits for its workload, then for its members, then is bound at once', () => {
    const { scheduler, run, bound } = cluster(['4'])
    scheduler.podChanged(undefined, member('a'))
    scheduler.podChanged(undefined, member('b'))
    expect(scheduler.pendingCounts().gated).toBe(2)
    scheduler.objectChanged('Workload', undefined, workload(3))
    expect(scheduler.pendingCounts().gated).toBe(2)
    scheduler.podChanged(undefined, member('c'))
    expect(scheduler.pendingCounts().gated).toBe(0)
    run()
    expect([...bound].sort()).toEqual(['a', 'b', 'c'])
  })

  test('that does not fit as a whole gives its places back after five minutes, and tries again', () => {
    const { scheduler, run, wait, bound, outcomes } = cluster(['2'])
    scheduler.objectChanged('Workload', undefined, workload(3))
    for (const name of ['a', 'b', 'c']) scheduler.podChanged(undefined, member(name))
    run()
    expect(bound).toEqual([])
    wait(5 * 60_000)
    const reasons = ['rejected due to timeout after waiting 5m0s at plugin GangScheduling']
    expect(outcomes.size).toBe(2)
    for (const outcome of outcomes.values()) expect(outcome).toMatchObject({ plugin: 'GangScheduling', reasons })
    scheduler.nodeChanged(undefined, makeNode('more', '4'))
    wait(60_000)
    wait(60_000)
    expect([...bound].sort()).toEqual(['a', 'b', 'c'])
  })

  test('is one per replica key', () => {
    const { scheduler } = cluster(['4'])
    scheduler.objectChanged('Workload', undefined, workload(2))
    scheduler.podChanged(undefined, member('a', 'one'))
    scheduler.podChanged(undefined, member('b', 'two'))
    expect(scheduler.pendingCounts().gated).toBe(2)
  })

  test('lets later members pass alone once enough are bound', () => {
    const { scheduler, run, bound } = cluster(['8'])
    scheduler.objectChanged('Workload', undefined, workload(2))
    for (const name of ['a', 'b']) scheduler.podChanged(undefined, member(name))
    run()
    scheduler.podChanged(undefined, member('late'))
    run()
    expect(bound).toContain('late')
  })

  test('names a group that its workload does not have', () => {
    const { scheduler } = cluster(['4'])
    scheduler.objectChanged('Workload', undefined, workload(1))
    const lost = makePod('lost', '1', { workloadRef: { name: 'job', podGroup: 'others' } })
    const [plugin] = (scheduler.frameworkFor(lost)?.plugins.preEnqueue ?? []).filter(
      ({ name }) => name === 'GangScheduling',
    )
    expect(plugin?.preEnqueue?.(lost)?.reasons).toEqual([`pod group "others" doesn't exist for a workload "job"`])
  })

  test('is an error for members that reach Permit without their workload', () => {
    const { scheduler, run, drain } = cluster(['8'])
    scheduler.objectChanged('Workload', undefined, workload(1))
    scheduler.podChanged(undefined, member('a'))
    scheduler.objectChanged('Workload', workload(1), undefined)
    const [step] = drain()
    run()
    expect(step).toMatchObject({ type: 'failed', reason: 'SchedulerError' })
    expect(step?.type === 'failed' && step.message).toContain('failed to get workload default/job: ')
  })
})

test('never some members of a gang alone, and nobody waits beyond the deadline', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(8),
      fc.array(fc.nat(400_000), { maxLength: 6 }),
      (cpus, minCount, members, waits) => {
        const { scheduler, run, wait, bound } = cluster(cpus.map(String))
        scheduler.objectChanged('Workload', undefined, workload(minCount))
        for (let index = 0; index < members; index++) scheduler.podChanged(undefined, member(`m${index}`))
        run()
        expect(bound.length === 0 || bound.length >= minCount).toBe(true)
        for (const ms of waits) {
          wait(ms)
          expect(bound.length === 0 || bound.length >= minCount).toBe(true)
        }
        wait(5 * 60_000)
        for (const { waitingPods } of scheduler.frameworks.values()) {
          expect(waitingPods.nextDeadline() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(0)
        }
      },
    ),
  )
})
