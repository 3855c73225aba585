import type { Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AllocationManager, type AllocationOptions, amountsOf } from '../src/index.ts'

const pod = (
  uid: string,
  cpu: string,
  more: { generation?: number; priority?: number; memory?: string } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid, generation: more.generation ?? 1 },
  spec: {
    priority: more.priority ?? 0,
    containers: [{ name: 'app', image: 'app', resources: { requests: { cpu, memory: more.memory ?? '1Mi' } } }],
  },
})

const guaranteed = (uid: string, cpu: string): Pod => {
  const amounts = { cpu, memory: '1Mi' }
  return {
    ...pod(uid, cpu),
    spec: { containers: [{ name: 'app', image: 'app', resources: { requests: amounts, limits: amounts } }] },
  }
}

function node(more: Partial<AllocationOptions> = {}, ...pods: readonly Pod[]) {
  let time = 0
  const manager = new AllocationManager({ cpu: 4000n, memory: 8n * 2n ** 30n, now: () => time++, ...more })
  for (const each of pods) expect(manager.admit(each)).toEqual({ admit: true })
  return manager
}

const resize = (manager: AllocationManager, ...pods: readonly Pod[]) => {
  for (const each of pods) manager.update(each)
  return manager.retry().map(({ pod: { metadata }, allocated, pending }) => [metadata.name, allocated, pending?.reason])
}

describe('in-place resize (KEP-1287): what a node allocates', () => {
  test('a resize that fits is allocated; until then the pod runs as it was', () => {
    const manager = node({}, pod('a', '1'))
    const wanted = pod('a', '2', { generation: 2 })
    expect(amountsOf(manager.allocatedPod(wanted)).cpu).toBe(1000n)
    expect(resize(manager, wanted)).toEqual([['a', true, undefined]])
    expect(amountsOf(manager.allocatedPod(wanted)).cpu).toBe(2000n)
  })

  test('C3: what does not fit now is deferred until another pod shrinks', () => {
    const manager = node({}, pod('a', '2'), pod('c', '1'))
    expect(resize(manager, pod('c', '3', { generation: 2 }))).toEqual([['c', false, 'Deferred']])
    expect(manager.pending('c')).toMatchObject({
      message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
      generation: 2,
    })
    expect(resize(manager)).toEqual([['c', false, 'Deferred']])
    expect(resize(manager, pod('a', '1', { generation: 2 }))).toEqual([
      ['a', true, undefined],
      ['c', true, undefined],
    ])
  })

  test('C4: what the node can never give is infeasible, and told once', () => {
    const manager = node({}, pod('a', '1'))
    expect(resize(manager, pod('a', '5', { generation: 2, memory: '9Gi' }))).toEqual([['a', false, 'Infeasible']])
    expect(manager.pending('a')?.message).toBe(
      "Node didn't have enough capacity: memory, requested: 9663676416, capacity: 8589934592",
    )
    expect(resize(manager)).toEqual([])
    expect(manager.used.cpu).toBe(1000n)
  })

  test('C7: a deferred resize that is taken back no longer waits', () => {
    const manager = node({}, pod('a', '3'), pod('b', '1'))
    resize(manager, pod('b', '2', { generation: 2 }))
    expect(resize(manager, pod('b', '1000m', { generation: 3 }))).toEqual([['b', false, undefined]])
    expect(manager.pending('b')).toBeUndefined()
  })

  test('the most important deferred resize goes first', () => {
    const manager = node({}, pod('a', '2'), pod('low', '1'), pod('high', '1', { priority: 5 }))
    resize(manager, pod('low', '2', { generation: 2 }), pod('high', '2', { generation: 2, priority: 5 }))
    manager.remove('a')
    manager.admit(pod('b', '1'))
    expect(resize(manager)[0]).toEqual(['high', true, undefined])
    expect(manager.pending('low')?.reason).toBe('Deferred')
  })

  test('pods with CPUs of their own and static pods are not resized', () => {
    const manager = node({ cpuManagerPolicy: 'static' }, guaranteed('a', '1'))
    resize(manager, guaranteed('a', '2'))
    expect(manager.pending('a')?.message).toBe(
      'Resize is infeasible for Guaranteed Pods alongside CPU Manager policy "static"',
    )
  })

  test('a pod that does not fit is not admitted; one that ran before a restart of the kubelet is', () => {
    const manager = node({}, pod('a', '3'))
    expect(manager.admit(pod('b', '2'))).toEqual({
      admit: false,
      reason: 'OutOfcpu',
      message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
    })
    expect(manager.admit(pod('b', '2'), new Map([['app', { requests: { cpu: '1', memory: '1Mi' } }]]))).toEqual({
      admit: true,
    })
    expect(manager.used.cpu).toBe(4000n)
  })

  test('PROP: whatever comes, the promises never exceed the node', () => {
    const step = fc.record({
      op: fc.constantFrom('admit', 'resize', 'remove'),
      uid: fc.constantFrom('a', 'b', 'c', 'd'),
      cpu: fc.integer({ min: 1, max: 5000 }),
      memory: fc.integer({ min: 1, max: 10_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const manager = node()
        for (const [generation, { op, uid, cpu, memory }] of steps.entries()) {
          const wanted = pod(uid, `${cpu}m`, { memory: `${memory}Mi`, generation: generation + 1 })
          if (op === 'remove') manager.remove(uid)
          else if (op === 'admit') {
            manager.remove(uid)
            manager.admit(wanted)
          } else manager.update(wanted)
          manager.retry()
          expect(manager.used.cpu <= 4000n && manager.used.memory <= 8n * 2n ** 30n).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})
