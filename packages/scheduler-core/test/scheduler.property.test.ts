import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scheduler, type Step } from '../src/index.ts'
import { makeNode, makePod } from './scheduler.test.ts'

type Action =
  | { readonly do: 'addPod'; readonly pod: number; readonly cpu: number }
  | { readonly do: 'deletePod'; readonly pod: number }
  | { readonly do: 'addNode'; readonly node: number; readonly cpu: number }
  | { readonly do: 'schedule' | 'failBinding' | 'wait' }

const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('addPod' as const), pod: fc.nat(9), cpu: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('deletePod' as const), pod: fc.nat(9) }),
  fc.record({ do: fc.constant('addNode' as const), node: fc.nat(3), cpu: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constantFrom('schedule' as const, 'failBinding' as const, 'wait' as const) }),
)

/** Plays random actions and calls `check` after each. */
function play(
  script: readonly Action[],
  check: (scheduler: Scheduler, live: ReadonlyMap<string, Pod>, placed: ReadonlySet<string>) => void,
) {
  let time = 0
  const scheduler = new Scheduler({ now: () => time, gates: createFeatureGates() })
  const live = new Map<string, Pod>()
  const placed = new Set<string>()
  const nodes = new Set<number>()
  for (const action of script) {
    switch (action.do) {
      case 'addPod': {
        const pod = makePod(`p${action.pod}`, String(action.cpu))
        if (live.has(`default/p${action.pod}`)) break
        live.set(`default/p${action.pod}`, pod)
        scheduler.podChanged(undefined, pod)
        break
      }
      case 'deletePod': {
        const key = `default/p${action.pod}`
        const pod = live.get(key)
        if (!pod) break
        scheduler.podRemoved(pod)
        live.delete(key)
        placed.delete(key)
        break
      }
      case 'addNode':
        if (!nodes.has(action.node)) scheduler.nodeChanged(undefined, makeNode(`n${action.node}`, String(action.cpu)))
        nodes.add(action.node)
        break
      case 'wait':
        time += 3000
        scheduler.queue.flush()
        break
      default: {
        const step: Step | undefined = scheduler.next()
        if (step?.type !== 'bind') break
        if (action.do === 'failBinding') {
          scheduler.bindFailed(step, { code: 'Error', reasons: ['refused'] })
          break
        }
        const before = step.pod
        const after = { ...before, spec: { ...before.spec!, nodeName: step.node } }
        live.set(step.queued.key, after)
        placed.add(step.queued.key)
        scheduler.podChanged(before, after)
      }
    }
    check(scheduler, live, placed)
  }
}

test('never promises more of a node than it has', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 60 }), (script) => {
      play(script, (scheduler) => {
        for (const node of scheduler.cache.view().nodes) {
          expect(node.requested.milliCPU).toBeLessThanOrEqual(node.allocatable.milliCPU)
        }
      })
    }),
  )
})

test('never loses a pod, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 60 }), (script) => {
      play(script, (scheduler, live, placed) => {
        for (const key of live.keys()) {
          expect(scheduler.queue.place(key) !== undefined || placed.has(key), `${key} is lost`).toBe(true)
        }
      })
    }),
  )
})

test('what a node counts is always the sum over its pods', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 60 }), (script) => {
      play(script, (scheduler) => {
        for (const node of scheduler.cache.view().nodes) {
          const sum = node.pods.reduce((total, pod) => total + pod.requests.milliCPU, 0)
          expect(node.requested.milliCPU).toBe(sum)
        }
      })
    }),
  )
})
