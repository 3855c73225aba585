import type { Container } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { configured, guaranteed, HostNode, requesting } from './host-node.ts'

const mi = 2 ** 20

async function started(...args: ConstructorParameters<typeof HostNode>) {
  const node = new HostNode(...args)
  await node.start()
  return node
}

const resizes = (node: HostNode, name: string) =>
  (node.get(name).status?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, reason = '' }) => `${type} ${reason}`.trim())

const reasons = (node: HostNode) =>
  node.events.map((event) => event.split(/[ :]/)[1] ?? '').filter((reason) => reason.startsWith('Resize'))

const status = (node: HostNode, name: string) => node.get(name).status?.containerStatuses?.[0]

describe('In-place Pod resize (KEP-1287)', () => {
  it('C1: cpu grows in place, in two events, and is counted', async () => {
    const node = await started()
    node.run('p', requesting({ cpu: '100m' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '150m' }))
    await node.clock.advance(1000)
    expect(status(node, 'p')).toMatchObject({
      restartCount: 0,
      resources: { requests: { cpu: '150m' } },
      allocatedResources: { cpu: '150m' },
    })
    expect(reasons(node)).toEqual(['ResizeStarted', 'ResizeCompleted'])
    expect(resizes(node, 'p')).toEqual([])
    const labels = { resource: 'cpu', requirement: 'requests', operation: 'increase' }
    expect(node.metrics.value('container_requested_resizes_total', labels)).toBe(1)
    expect(node.metrics.value('pod_resize_duration_milliseconds', { success: 'true' })).toBe(1)
    expect(node.metrics.value('pod_in_progress_resizes')).toBe(0)
  })

  it('C2: only what says so restarts, and restarts once', async () => {
    const of = (cpu: string, memory: string): { containers: Container[] } => ({
      containers: [
        {
          name: 'app',
          image: 'app:1',
          resources: { requests: { cpu, memory } },
          resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
        },
      ],
    })
    const node = await started()
    node.run('p', of('100m', '64Mi'))
    await node.clock.advance(5000)
    node.change('p', of('200m', '64Mi'))
    await node.clock.advance(5000)
    expect(status(node, 'p')?.restartCount).toBe(0)
    node.change('p', of('300m', '128Mi'))
    await node.clock.advance(60_000)
    expect(status(node, 'p')).toMatchObject({
      restartCount: 1,
      resources: { requests: { cpu: '300m', memory: '128Mi' } },
    })
    expect(node.events).toContain('Normal Killing: Container app resize requires restart')
  })

  it.each(['pod_resized', 'pods_removed'])('C3: a deferred resize is had when room is made: %s', async (trigger) => {
    const node = await started({ cpu: '2' })
    node.run('a', requesting({ cpu: '1' }))
    node.run('c', requesting({ cpu: '500m' }))
    await node.clock.advance(5000)
    node.change('c', requesting({ cpu: '1500m' }))
    await node.clock.advance(1000)
    expect(resizes(node, 'c')).toEqual(['PodResizePending Deferred'])
    expect(node.metrics.value('pod_pending_resizes', { reason: 'deferred' })).toBe(1)
    if (trigger === 'pod_resized') node.change('a', requesting({ cpu: '400m' }))
    else node.remove('a')
    await node.clock.advance(60_000)
    expect(status(node, 'c')?.resources?.requests?.['cpu']).toBe('1500m')
    expect(node.metrics.value('pod_deferred_accepted_resizes_total', { retry_trigger: trigger })).toBe(1)
    expect(node.metrics.value('pod_pending_resizes', { reason: 'deferred' })).toBeUndefined()
    expect(resizes(node, 'c')).toEqual([])
  })

  it('C4: above what the node has: Infeasible, told once, and counted', async () => {
    const node = await started({ cpu: '2' })
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '3' }))
    await node.clock.advance(600_000)
    expect(node.get('p').status?.conditions?.find(({ type }) => type === 'PodResizePending')).toMatchObject({
      status: 'True',
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000",
      observedGeneration: 2,
    })
    expect(reasons(node)).toEqual(['ResizeInfeasible'])
    const detail = { reason_detail: 'insufficient_node_allocatable' }
    expect(node.metrics.value('pod_infeasible_resizes_total', detail)).toBe(1)
    expect(status(node, 'p')?.allocatedResources?.['cpu']).toBe('1')
  })

  it('C5: a limit is not lowered below what is used; once less is used, it is', async () => {
    const shrinking: Program = {
      async run({ usage, sleep, terminated }) {
        usage({ memory: 300 * mi })
        await sleep(60_000)
        usage({ memory: 50 * mi })
        await terminated
        return 0
      },
    }
    const of = (memory: string) => ({
      containers: [
        { name: 'app', image: 'shrinking', resources: { requests: { memory: '10Mi' }, limits: { memory } } },
      ],
    })
    const node = await started({}, { shrinking })
    node.run('p', of('400Mi'))
    await node.clock.advance(5000)
    node.change('p', of('100Mi'))
    await node.clock.advance(5000)
    const [limit, used] = [100 * mi, 300 * mi]
    const pod = `attempting to set pod memory limit (${limit}) below current usage (${used})`
    const app = `attempting to set container "app" memory limit (${limit}) below current usage (${used})`
    expect(node.get('p').status?.conditions?.find(({ type }) => type === 'PodResizeInProgress')).toMatchObject({
      reason: 'Error',
      message: `cannot decrease memory limits: [${pod}, ${app}]`,
      observedGeneration: 2,
    })
    expect(node.record('p')?.resources?.limits?.['memory']).toBe('400Mi')
    expect(node.metrics.value('pod_in_progress_resizes')).toBe(1)
    await node.clock.advance(80_000)
    expect(node.record('p')?.resources?.limits?.['memory']).toBe('100Mi')
    expect(reasons(node)).toEqual(['ResizeStarted', 'ResizeError', 'ResizeCompleted'])
    expect(status(node, 'p')?.restartCount).toBe(0)
  })

  it('C6: a deferred and a failing resize outlive a restart of the kubelet, and finish', async () => {
    const busy: Program = {
      async run({ usage, sleep, terminated }) {
        usage({ memory: 300 * mi })
        await sleep(120_000)
        usage({ memory: 10 * mi })
        await terminated
        return 0
      },
    }
    const limited = (memory: string) => ({
      containers: [
        { name: 'app', image: 'busy', resources: { requests: { cpu: '100m', memory: '10Mi' }, limits: { memory } } },
      ],
    })
    const node = await started({ cpu: '2' }, { busy })
    node.run('large', requesting({ cpu: '1' }))
    node.run('waits', requesting({ cpu: '500m' }))
    node.run('busy', limited('400Mi'))
    await node.clock.advance(5000)
    node.change('waits', requesting({ cpu: '1500m' }))
    node.change('busy', limited('100Mi'))
    await node.clock.advance(5000)
    await node.restart()
    await node.clock.advance(5000)
    expect(resizes(node, 'waits')).toEqual(['PodResizePending Deferred'])
    expect(resizes(node, 'busy')).toEqual(['PodResizeInProgress Error'])
    expect(status(node, 'waits')?.allocatedResources?.['cpu']).toBe('500m')
    node.remove('large')
    await node.clock.advance(180_000)
    expect(status(node, 'waits')?.resources?.requests?.['cpu']).toBe('1500m')
    expect(node.record('busy')?.resources?.limits?.['memory']).toBe('100Mi')
    expect([...resizes(node, 'waits'), ...resizes(node, 'busy')]).toEqual([])
    expect(node.history.every(({ phase }) => phase !== 'Failed')).toBe(true)
  })

  it('C7: a deferred resize that is taken back leaves nothing behind', async () => {
    const node = await started({ cpu: '2' })
    node.run('a', requesting({ cpu: '1' }))
    node.run('p', requesting({ cpu: '500m' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '1500m' }))
    await node.clock.advance(1000)
    node.change('p', requesting({ cpu: '500m' }))
    await node.clock.advance(1000)
    expect(resizes(node, 'p')).toEqual([])
    expect(status(node, 'p')?.restartCount).toBe(0)
    expect(reasons(node)).toEqual(['ResizeDeferred'])
  })

  it('rule 11: exclusive CPUs, pinned memory and swap are not resized', async () => {
    const flags = { cpuManagerPolicy: 'static', reservedSystemCPUs: '0' }
    const node = await started({ host: { flags } })
    node.run('p', guaranteed('1'))
    await node.clock.advance(5000)
    node.change('p', guaranteed('2'))
    await node.clock.advance(1000)
    const pending = () => node.get('p').status?.conditions?.find(({ type }) => type === 'PodResizePending')
    expect(pending()?.message).toBe('Resize is infeasible for Guaranteed Pods alongside CPU Manager policy "static"')
    const swap = { failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } }
    const swapping = await started({ host: { flags: swap, swapBytes: 1024 * mi } })
    swapping.run('s', requesting({ memory: '64Mi' }, { memory: '128Mi' }))
    await swapping.clock.advance(5000)
    swapping.change('s', requesting({ memory: '80Mi' }, { memory: '128Mi' }))
    await swapping.clock.advance(1000)
    expect(swapping.get('s').status?.conditions?.find(({ type }) => type === 'PodResizePending')).toMatchObject({
      reason: 'Infeasible',
      message: 'In-place resize of containers with swap is not supported.',
    })
    expect(reasons(swapping)).toEqual([])
    const detail = { reason_detail: 'swap_limitation' }
    expect(swapping.metrics.value('pod_infeasible_resizes_total', detail)).toBe(1)
  })

  it('BAD: a checkpoint that is corrupt stops the kubelet, and what runs goes on', async () => {
    const node = await started()
    node.run('p')
    await node.clock.advance(5000)
    node.stop()
    const good = node.checkpoints.read('allocated_pods_state') ?? ''
    node.checkpoints.write('allocated_pods_state', good.replace('Container', 'Kontainer'))
    await expect(node.start()).rejects.toThrow(
      'could not restore state from checkpoint: checkpoint is corrupted, please drain this node and delete pod resource information checkpoint file "/var/lib/kubelet/allocated_pods_state" before restarting Kubelet',
    )
    expect(node.record('p')?.state).toBe('running')
    node.checkpoints.remove('allocated_pods_state')
    await node.start()
    expect(node.get('p').status?.phase).toBe('Running')
  })

  it('PROP: promises never exceed the node, and what runs follows them, whatever comes', async () => {
    const amount = fc.integer({ min: 1, max: 20 }).map((tenths) => `${tenths}00m`)
    const step = fc.oneof(
      fc.record({ kind: fc.constant('run' as const), cpu: amount }),
      fc.record({ kind: fc.constant('resize' as const), pod: fc.nat(5), cpu: amount }),
      fc.record({ kind: fc.constant('remove' as const), pod: fc.nat(5) }),
      fc.record({ kind: fc.constant('restart' as const) }),
      fc.record({ kind: fc.constant('wait' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const node = await started({ cpu: '3', host: configured('systemReserved: {cpu: 500m}\n') })
        let count = 0
        const check = () => expect(node.kubelet.promised.cpu).toBeLessThanOrEqual(2500n)
        for (const each of steps) {
          if (each.kind === 'run') node.run(`p${count++}`, requesting({ cpu: each.cpu }))
          if (each.kind === 'restart') await node.restart()
          if (each.kind === 'wait') await node.clock.advance(40_000)
          if ('pod' in each && node.pods.has(`uid-p${each.pod}`)) {
            if (each.kind === 'remove') node.remove(`p${each.pod}`)
            else node.change(`p${each.pod}`, requesting({ cpu: each.cpu }))
          }
          check()
          await node.clock.advance(500)
          check()
        }
        await node.clock.advance(400_000)
        check()
        for (const pod of node.pods.values()) {
          if (pod.status?.phase !== 'Running') continue
          const allocated = node.kubelet.allocatedPod(pod).spec?.containers[0]?.resources
          expect(node.record(pod.metadata.name ?? '')?.resources).toEqual(allocated)
          expect(pod.status.containerStatuses?.[0]?.restartCount).toBe(0)
          expect(pod.status.qosClass).toBe('Burstable')
        }
        expect(node.errors).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
