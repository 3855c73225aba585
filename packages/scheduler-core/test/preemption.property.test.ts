import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeNode, makePod, placed, setUp } from './helpers.ts'

const running = fc.record({
  node: fc.nat(3),
  priority: fc.integer({ min: -5, max: 15 }),
  cpu: fc.integer({ min: 100, max: 2000 }),
  guarded: fc.boolean(),
})

test('preemption evicts lower priorities only, makes the filters pass, spares whom it can, and breaks budgets last', () => {
  fc.assert(
    fc.property(
      fc.array(running, { maxLength: 24 }),
      fc.integer({ min: 100, max: 4000 }),
      fc.nat(2),
      (pods, cpu, allowed) => {
        const { scheduler } = setUp([], { set: { SchedulerAsyncPreemption: false } })
        for (let node = 0; node < 4; node++) scheduler.nodeChanged(undefined, makeNode(`n${node}`, '4'))
        for (const [index, { node, priority, cpu: wanted, guarded }] of pods.entries()) {
          const pod = makePod(`run-${index}`, `${wanted}m`, { priority })
          const labels = guarded ? { app: 'guarded' } : { app: 'other' }
          scheduler.podChanged(undefined, placed({ ...pod, metadata: { ...pod.metadata, labels } }, `n${node}`))
        }
        scheduler.objectChanged('PodDisruptionBudget', undefined, {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'guarded', namespace: 'default' },
          spec: { selector: { matchLabels: { app: 'guarded' } } },
          status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: allowed, expectedPods: 1 },
        })
        const high = makePod('high', `${cpu}m`, { priority: 10 })
        scheduler.podChanged(undefined, high)
        const step = scheduler.next()
        if (step?.type !== 'failed') return
        const chosen = step.preemption?.chosen
        if (chosen === undefined) return
        const { candidates = [] } = step.preemption ?? {}
        if (candidates.some(({ pdbViolations }) => pdbViolations === 0)) expect(chosen.pdbViolations).toBe(0)
        for (const victim of chosen.victims) expect(victim.priority).toBeLessThan(10)

        for (const { pod } of chosen.victims) scheduler.podRemoved(pod)
        const fits = () => {
          const decision = scheduler.explain({ ...high, status: {} })
          return decision?.result === 'scheduled' && decision.feasible.includes(chosen.node)
        }
        expect(fits()).toBe(true)
        // Nobody was evicted in vain: with any one of them back, the pod does not fit.
        for (const { pod } of chosen.victims) {
          scheduler.podChanged(undefined, pod)
          expect(fits()).toBe(false)
          scheduler.podRemoved(pod)
        }
      },
    ),
  )
})
