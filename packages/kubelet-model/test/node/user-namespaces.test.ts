import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryCheckpoints, type UserNamespace, UserNamespaces } from '../../src/index.ts'
import { HostNode } from './host-node.ts'

const first = (namespace: UserNamespace | undefined) =>
  namespace?.mode === 'POD' ? namespace.uids[0]?.hostId : undefined

describe('User namespaces for pods (KEP-127)', () => {
  it('C1: two pods have blocks of their own, and keep them over a restart of the kubelet', async () => {
    const node = new HostNode()
    await node.start()
    node.run('a', { hostUsers: false })
    node.run('b', { hostUsers: false })
    await node.clock.advance(5000)
    const hostIds = () => ['a', 'b'].map((name) => first(node.record(name)?.userNamespace))
    expect(hostIds()).toEqual([65536, 131072])
    await node.restart()
    node.remove('a')
    await node.clock.advance(60_000)
    node.run('c', { hostUsers: false })
    await node.clock.advance(5000)
    expect(first(node.record('b')?.userNamespace)).toBe(131072)
    expect(first(node.record('c')?.userNamespace)).toBe(65536)
    expect(node.metrics.value('started_user_namespaced_pods_total')).toBe(1)
  })

  it('C2: a runtime without user namespaces leaves the pod Pending, until it has them', async () => {
    const node = new HostNode({ host: { runtime: { handlers: [{ name: '' }] } } })
    await node.start()
    expect(node.node.status?.runtimeHandlers?.[0]?.features?.userNamespaces).toBe(false)
    node.run('p', { hostUsers: false })
    await node.clock.advance(5000)
    expect(node.get('p').status?.phase).toBe('Pending')
    expect(node.events).toContain(
      "Warning FailedCreatePodSandBox: Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not support user namespaces",
    )
    expect(node.metrics.value('started_user_namespaced_pods_total')).toBe(1)
    expect(node.metrics.value('started_user_namespaced_pods_errors_total')).toBe(1)
    await node.restart({ host: {} })
    await node.clock.advance(15_000)
    expect(node.get('p').status?.phase).toBe('Running')
  })

  it('C4: a range that is too small for all pods stops the kubelet', async () => {
    const length = 100 * 65536
    const node = new HostNode({ host: { subordinateIds: { first: 65536, length } } })
    await expect(node.start()).rejects.toThrow('kubelet user assigned IDs are not enough to support 110 pods')
    await node.start({ host: { subordinateIds: { first: 65536, length: 110 * 65536 } } })
  })

  it.each([
    [{ first: 1000, length: 110 * 65536 }, 'kubelet user assigned ID 1000 is not a multiple of 65536'],
    [{ first: 0, length: 110 * 65536 }, 'kubelet user assigned ID 0 must be greater or equal to 65536'],
    [{ first: 65536, length: 110 * 65536 + 1 }, 'is not a multiple of 65536'],
  ])('BAD: the range %j', async (subordinateIds, message) => {
    await expect(new HostNode({ host: { subordinateIds } }).start()).rejects.toThrow(message)
  })

  it('BAD: idsPerPod 65537, and a gate that is off', async () => {
    const node = new HostNode({ host: { flags: { userNamespaces: { idsPerPod: 65537 } } } })
    await expect(node.start()).rejects.toThrow(
      'invalid configuration: userNamespaces.idsPerPod must be a multiple of 65536',
    )
    const gates = createFeatureGates({
      set: new Map([
        ['UserNamespacesSupport', false],
        ['ProcMountType', false],
      ]),
    })
    const off = new UserNamespaces({
      maxPods: 1,
      checkpoints: new MemoryCheckpoints(),
      gates,
      handlerSupports: () => true,
    })
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { uid: 'a' },
      spec: { hostUsers: false, containers: [] },
    }
    expect(() => off.of(pod)).toThrow('the feature gate "UserNamespacesSupport" is disabled: can\'t set spec.HostUsers')
  })

  it('PROP: live blocks are disjoint, aligned and in the range, and the same after a restart', () => {
    const step = fc.record({ kind: fc.constantFrom('take', 'release', 'restart'), pod: fc.nat(12) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const checkpoints = new MemoryCheckpoints()
        const range = { first: 3 * 65536, length: 8 * 65536 }
        const make = () =>
          new UserNamespaces({
            maxPods: 8,
            checkpoints,
            gates: createFeatureGates(),
            range,
            handlerSupports: () => true,
          })
        let manager = make()
        const live = new Map<number, number>()
        for (const { kind, pod } of steps) {
          if (kind === 'restart') manager = make()
          if (kind === 'release') {
            manager.release(`uid-${pod}`)
            live.delete(pod)
          }
          if (kind === 'take') {
            const take = () =>
              manager.of({
                apiVersion: 'v1',
                kind: 'Pod',
                metadata: { uid: `uid-${pod}` },
                spec: { hostUsers: false, containers: [] },
              })
            if (live.size === 8 && !live.has(pod)) {
              expect(take).toThrow('could not find an empty slot to allocate a user namespace')
              continue
            }
            const block = first(take()) ?? 0
            expect(live.get(pod) ?? block).toBe(block)
            live.set(pod, block)
          }
          const blocks = [...live.values()]
          expect(new Set(blocks).size).toBe(blocks.length)
          for (const block of blocks) {
            expect(block % 65536).toBe(0)
            expect(block >= range.first && block < range.first + range.length).toBe(true)
          }
          for (const [name, block] of live) expect(manager.firstId(`uid-${name}`)).toBe(block)
        }
      }),
      { numRuns: 200 },
    )
  })
})
