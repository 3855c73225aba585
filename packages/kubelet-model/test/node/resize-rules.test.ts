import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { configured, guaranteed, HostNode, requesting } from './host-node.ts'

const mi = 2 ** 20

async function started(...args: ConstructorParameters<typeof HostNode>) {
  const node = new HostNode(...args)
  await node.start()
  return node
}

const condition = (node: HostNode, name: string, type: 'PodResizePending' | 'PodResizeInProgress') =>
  node.get(name).status?.conditions?.find((one) => one.type === type)
const pending = (node: HostNode, name: string) => condition(node, name, 'PodResizePending')
const progress = (node: HostNode, name: string) => condition(node, name, 'PodResizeInProgress')
const told = (node: HostNode) =>
  node.events.map((event) => event.split(/[ :]/)[1] ?? '').filter((reason) => reason.startsWith('Resize'))
const cpuOf = (node: HostNode, name: string) =>
  node.get(name).status?.containerStatuses?.[0]?.resources?.requests?.['cpu']

const priority = (value: number, cpu: string) => ({ priority: value, ...requesting({ cpu }) })

describe('In-place Pod resize (KEP-1287): allocation', () => {
  it('rule 10: what shrinks goes first, then priority, then Guaranteed, then who waits longest', async () => {
    const node = await started({ cpu: '10' })
    node.run('full', requesting({ cpu: '6' }))
    const names = ['late', 'early', 'guaranteed', 'important', 'shrinks']
    for (const name of names) {
      node.run(name, name === 'guaranteed' ? guaranteed('500m') : priority(name === 'important' ? 5 : 0, '500m'))
    }
    await node.clock.advance(5000)
    const grow = async (name: string) => {
      node.change(name, name === 'guaranteed' ? guaranteed('5') : requesting({ cpu: '5' }))
      await node.clock.advance(2000)
    }
    for (const name of ['early', 'late', 'guaranteed', 'important']) await grow(name)
    for (const name of ['early', 'late', 'guaranteed', 'important'])
      expect(pending(node, name)?.reason).toBe('Deferred')
    const order: string[] = []
    for (const leaves of ['full', 'important', 'guaranteed', 'early']) {
      node.remove(leaves)
      await node.clock.advance(5000)
      order.push(...names.filter((name) => node.pods.has(`uid-${name}`) && cpuOf(node, name) === '5'))
    }
    expect(order).toEqual(['important', 'guaranteed', 'early', 'late'])
  })

  it('rule 10: one that cannot be had does not hold up the others', async () => {
    const node = await started({ cpu: '4' })
    node.run('a', priority(9, '1'))
    node.run('b', requesting({ cpu: '1' }))
    node.run('c', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('a', requesting({ cpu: '3' }))
    node.change('b', requesting({ cpu: '1500m' }))
    await node.clock.advance(1000)
    expect(pending(node, 'a')?.reason).toBe('Deferred')
    expect(cpuOf(node, 'b')).toBe('1500m')
  })

  it('rule 11: a static memory manager refuses Guaranteed pods', async () => {
    const config = 'memoryManagerPolicy: Static\nreservedMemory: [{numaNode: 0, limits: {memory: 100Mi}}]\n'
    const node = await started({ host: configured(`${config}evictionHard: {memory.available: 100Mi}\n`) })
    node.run('p', guaranteed('1', '64Mi'))
    node.run('q', requesting({ memory: '64Mi' }))
    await node.clock.advance(5000)
    node.change('p', guaranteed('1', '80Mi'))
    node.change('q', requesting({ memory: '80Mi' }))
    await node.clock.advance(1000)
    expect(pending(node, 'p')).toMatchObject({
      reason: 'Infeasible',
      message: 'Resize is infeasible for Guaranteed Pods alongside Memory Manager policy "Static"',
    })
    const detail = { reason_detail: 'guaranteed_pod_memory_manager_static_policy' }
    expect(node.metrics.value('pod_infeasible_resizes_total', detail)).toBe(1)
    expect(told(node).filter((reason) => reason === 'ResizeInfeasible')).toHaveLength(1)
    expect(pending(node, 'q')).toBeUndefined()
  })

  it('rule 11: memory with swap can change where the container restarts for it', async () => {
    const flags = { failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } }
    const node = await started({ host: { flags, swapBytes: 1024 * mi } })
    const of = (memory: string) => ({
      containers: [
        {
          name: 'app',
          image: 'app:1',
          resources: { requests: { memory }, limits: { memory: '200Mi' } },
          resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
        },
      ],
    })
    node.run('p', of('64Mi'))
    await node.clock.advance(5000)
    node.change('p', of('80Mi'))
    await node.clock.advance(60_000)
    expect(pending(node, 'p')).toBeUndefined()
    expect(node.get('p').status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      resources: { requests: { memory: '80Mi' } },
    })
  })

  it('rule 11: a critical pod makes room for itself', async () => {
    const node = await started({ cpu: '4' })
    node.run('low', requesting({ cpu: '2' }))
    node.run('critical', priority(2_000_000_000, '1'))
    await node.clock.advance(5000)
    node.change('critical', requesting({ cpu: '3' }))
    await node.clock.advance(5000)
    expect(node.get('low').status).toMatchObject({ phase: 'Failed', reason: 'Preempting' })
    expect(cpuOf(node, 'critical')).toBe('3')
    expect(pending(node, 'critical')).toBeUndefined()
  })

  it('rules 12 and 13: a deferred resize and one that is being applied are told side by side, each with its own generation', async () => {
    const failing = { on: true }
    const faults = ({ call }: { readonly call: string }) =>
      call === 'update' && failing.on ? 'runtime is busy' : undefined
    const node = await started({ cpu: '4' }, {}, { faults })
    node.run('a', requesting({ cpu: '2' }))
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '1500m' }))
    await node.clock.advance(1000)
    node.change('p', requesting({ cpu: '3' }))
    await node.clock.advance(1000)
    expect(progress(node, 'p')).toMatchObject({ reason: 'Error', message: 'runtime is busy', observedGeneration: 2 })
    expect(pending(node, 'p')).toMatchObject({ reason: 'Deferred', observedGeneration: 3 })
    failing.on = false
    await node.clock.advance(20_000)
    expect(progress(node, 'p')).toBeUndefined()
    expect(pending(node, 'p')).toMatchObject({ reason: 'Deferred', observedGeneration: 3 })
    const completed = node.events.find((event) => event.includes('ResizeCompleted'))
    expect(completed).toBe(
      'Normal ResizeCompleted: Pod resize completed: {"containers":[{"name":"app","resources":{"requests":{"cpu":"1500m"}}}],"generation":2}',
    )
  })

  it('rule 13: the transition moves with the reason only, the probe with every attempt; an event tells of every generation', async () => {
    const node = await started({ cpu: '4' })
    node.run('a', requesting({ cpu: '2' }))
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '3' }))
    await node.clock.advance(1000)
    const first = pending(node, 'p')
    node.change('p', requesting({ cpu: '3500m' }))
    await node.clock.advance(1000)
    const second = pending(node, 'p')
    expect(second?.observedGeneration).toBe(3)
    expect(second?.lastTransitionTime).toBe(first?.lastTransitionTime)
    expect(second?.lastProbeTime).not.toBe(first?.lastProbeTime)
    node.change('p', requesting({ cpu: '5' }))
    await node.clock.advance(1000)
    expect(pending(node, 'p')).toMatchObject({ reason: 'Infeasible', observedGeneration: 4 })
    expect(pending(node, 'p')?.lastTransitionTime).not.toBe(first?.lastTransitionTime)
    expect(told(node)).toEqual(['ResizeDeferred', 'ResizeDeferred', 'ResizeInfeasible'])
  })

  it('rule 14: room that nobody tells of is found every three minutes', async () => {
    const ends: Program = {
      run: async ({ sleep }) => {
        await sleep(60_000)
        return 0
      },
    }
    const node = await started({ cpu: '4' }, { ends })
    const [container] = requesting({ cpu: '2' }).containers
    node.run('job', { restartPolicy: 'Never', containers: [{ ...container!, image: 'ends' }] })
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '3' }))
    await node.clock.advance(100_000)
    expect(node.get('job').status?.phase).toBe('Succeeded')
    expect(pending(node, 'p')?.reason).toBe('Deferred')
    await node.clock.advance(100_000)
    expect(cpuOf(node, 'p')).toBe('3')
    const trigger = { retry_trigger: 'periodic_retry' }
    expect(node.metrics.value('pod_deferred_accepted_resizes_total', trigger)).toBe(1)
  })

  it('rule 14: an infeasible resize is looked at again after a change of the spec or a restart of the kubelet', async () => {
    const node = await started({ cpu: '4' })
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '5' }))
    await node.clock.advance(600_000)
    const detail = { reason_detail: 'insufficient_node_allocatable' }
    expect(node.metrics.value('pod_infeasible_resizes_total', detail)).toBe(1)
    await node.restart({ cpu: '8' })
    await node.clock.advance(5000)
    expect(cpuOf(node, 'p')).toBe('5')
    expect(pending(node, 'p')).toBeUndefined()
  })

  it('rule 15: a pod is never refused after a restart of the kubelet for the size that it asks for', async () => {
    const node = await started({ cpu: '4' })
    node.run('a', requesting({ cpu: '2' }))
    node.run('p', requesting({ cpu: '2' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '3' }))
    node.change('a', requesting({ cpu: '9' }))
    await node.clock.advance(1000)
    await node.restart()
    await node.clock.advance(5000)
    expect(node.history.every(({ phase }) => phase !== 'Failed')).toBe(true)
    expect(pending(node, 'p')?.reason).toBe('Deferred')
    expect(pending(node, 'a')?.reason).toBe('Infeasible')
    expect(node.metrics.value('pod_pending_resizes', { reason: 'deferred' })).toBe(1)
    expect(node.metrics.value('pod_pending_resizes', { reason: 'infeasible' })).toBe(1)
    node.remove('p')
    node.remove('a')
    await node.clock.advance(10_000)
    expect(node.metrics.value('pod_pending_resizes', { reason: 'deferred' })).toBeUndefined()
    expect(node.metrics.value('pod_pending_resizes', { reason: 'infeasible' })).toBeUndefined()
  })
})

describe('In-place Pod resize (KEP-1287): actuation', () => {
  const crashing: Program = {
    run: async ({ sleep }) => {
      await sleep(1000)
      return 1
    },
  }

  it('rule 16: a container in its back-off starts with what was allocated meanwhile, and waits no longer', async () => {
    const node = await started({ cpu: '4' }, { crashing })
    const of = (cpu: string) => {
      const [container] = requesting({ cpu }).containers
      return { containers: [{ ...container!, image: 'crashing' }] }
    }
    node.run('p', of('1'))
    await node.clock.advance(60_000)
    expect(node.get('p').status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff')
    const restarts = node.get('p').status?.containerStatuses?.[0]?.restartCount
    node.change('p', of('2'))
    await node.clock.advance(2)
    const { containerStatuses: [status] = [] } = node.get('p').status ?? {}
    expect(status).toMatchObject({ allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '2' } } })
    expect(progress(node, 'p')).toBeUndefined()
    expect(told(node)).toEqual(['ResizeStarted', 'ResizeCompleted'])
    await node.clock.advance(500)
    expect(node.record('p')).toMatchObject({ state: 'running', attempt: restarts! + 1 })
    expect(node.record('p')?.resources?.requests?.['cpu']).toBe('2')
  })

  const two = (a: readonly [string, string], b: readonly [string, string], more: Partial<Container> = {}) => ({
    containers: (
      [
        ['a', a],
        ['b', b],
      ] as const
    ).map(([name, [cpu, memory]]) => ({
      name,
      image: `${name}:1`,
      resources: { requests: { cpu, memory }, limits: { cpu, memory } },
      ...more,
    })),
  })

  it('rule 17: memory before cpu, what falls before what rises; the first failure stops the rest', async () => {
    const asked: string[] = []
    const failing = { on: true }
    const faults = ({ call, container }: { readonly call: string; readonly container: string }) => {
      if (call !== 'update') return undefined
      asked.push(container)
      return asked.length >= 3 && failing.on ? 'no' : undefined
    }
    const node = await started({ cpu: '8' }, {}, { faults })
    node.run('p', two(['1', '100Mi'], ['2', '200Mi']))
    await node.clock.advance(5000)
    node.change('p', two(['2', '150Mi'], ['1', '150Mi']))
    await node.clock.advance(1000)
    expect(asked.slice(0, 3)).toEqual(['b', 'a', 'b'])
    expect(asked.slice(3).every((name) => name === 'b')).toBe(true)
    expect(progress(node, 'p')).toMatchObject({ reason: 'Error', message: 'no' })
    expect(node.record('p', 'a')?.resources?.requests).toEqual({ cpu: '1', memory: '150Mi' })
    expect(node.record('p', 'b')?.resources?.requests).toEqual({ cpu: '2', memory: '150Mi' })
    expect(node.metrics.value('pod_resize_duration_milliseconds', { success: 'false' })).toBe(asked.length - 2)
    failing.on = false
    await node.clock.advance(20_000)
    expect(asked.slice(-2)).toEqual(['b', 'a'])
    expect(progress(node, 'p')).toBeUndefined()
    expect(told(node)).toEqual(['ResizeStarted', 'ResizeError', 'ResizeCompleted'])
    expect(node.metrics.value('pod_resize_duration_milliseconds', { success: 'true' })).toBe(1)
  })

  it('rule 17: a kubelet that restarts in the middle of a resize finishes it', async () => {
    const failing = { on: true }
    const faults = ({ call }: { readonly call: string }) => (call === 'update' && failing.on ? 'no' : undefined)
    const node = await started({ cpu: '8' }, {}, { faults })
    node.run('p', requesting({ cpu: '1' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '2' }))
    await node.clock.advance(1000)
    node.stop()
    failing.on = false
    await node.start()
    await node.clock.advance(5000)
    expect(cpuOf(node, 'p')).toBe('2')
    expect(progress(node, 'p')).toBeUndefined()
    expect(node.metrics.value('pod_in_progress_resizes')).toBe(0)
    expect(told(node)).toEqual(['ResizeStarted', 'ResizeError', 'ResizeCompleted'])
  })

  it('rule 17: a sidecar is resized like a container', async () => {
    const of = (cpu: string) => ({
      initContainers: [
        { name: 'side', image: 'side:1', restartPolicy: 'Always', resources: { requests: { cpu } } },
        { name: 'once', image: 'true', resources: { requests: { cpu: '100m' } } },
      ],
      ...requesting({ cpu: '100m' }),
    })
    const node = await started({ cpu: '8' }, { true: { run: async () => 0 } })
    node.run('p', of('100m'))
    await node.clock.advance(10_000)
    node.change('p', of('300m'))
    await node.clock.advance(1000)
    expect(node.get('p').status?.initContainerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      resources: { requests: { cpu: '300m' } },
      allocatedResources: { cpu: '300m' },
    })
    expect(told(node)).toEqual(['ResizeStarted', 'ResizeCompleted'])
    expect(node.events.find((event) => event.includes('ResizeStarted'))).toContain(
      '{"initContainers":[{"name":"side","resources":{"requests":{"cpu":"300m"}}},{"name":"once",',
    )
  })

  it('rule 18: a limit that is new is checked against what is used, too', async () => {
    const busy: Program = {
      async run({ usage, terminated }) {
        usage({ memory: 300 * mi })
        await terminated
        return 0
      },
    }
    const of = (limits?: Readonly<Record<string, string>>) => ({
      containers: [
        { name: 'app', image: 'busy', resources: { requests: { memory: '10Mi' }, ...(limits && { limits }) } },
      ],
    })
    const node = await started({}, { busy })
    node.run('p', of())
    await node.clock.advance(5000)
    node.change('p', of({ memory: '100Mi' }))
    await node.clock.advance(1000)
    expect(progress(node, 'p')?.message).toContain(
      `attempting to set container "app" memory limit (${100 * mi}) below current usage (${300 * mi})`,
    )
    expect(node.record('p')?.resources?.limits).toBeUndefined()
    node.change('p', of({ memory: '400Mi' }))
    await node.clock.advance(1000)
    expect(node.record('p')?.resources?.limits?.['memory']).toBe('400Mi')
    expect(progress(node, 'p')).toBeUndefined()
  })

  it('rule 19: a pod that has ended is not being resized', async () => {
    const node = await started({ cpu: '4' })
    node.run('a', requesting({ cpu: '3' }))
    node.run('p', { activeDeadlineSeconds: 60, ...requesting({ cpu: '1' }) })
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '2' }))
    await node.clock.advance(1000)
    expect(pending(node, 'p')?.reason).toBe('Deferred')
    await node.clock.advance(120_000)
    expect(node.get('p').status?.phase).toBe('Failed')
    expect(pending(node, 'p')).toBeUndefined()
    expect(node.metrics.value('pod_pending_resizes', { reason: 'deferred' })).toBeUndefined()
  })

  it('rule 20: events have the resources of all containers in order, and what is wrong', async () => {
    const node = await started({ cpu: '2' })
    const of = (cpu: string): Pick<NonNullable<Pod['spec']>, 'containers'> => ({
      containers: [
        { name: 'app', image: 'app:1', resources: { requests: { memory: '1Mi', cpu }, limits: { memory: '2Mi' } } },
        { name: 'idle', image: 'idle:1' },
      ],
    })
    node.run('p', of('1'))
    await node.clock.advance(5000)
    node.change('p', of('3'))
    await node.clock.advance(1000)
    expect(node.events.at(-1)).toBe(
      'Warning ResizeInfeasible: Pod resize Infeasible: {"containers":[{"name":"app","resources":{"limits":{"memory":"2Mi"},"requests":{"cpu":"3","memory":"1Mi"}}},{"name":"idle","resources":{}}],"generation":2,"error":"Node didn\'t have enough capacity: cpu, requested: 3000, capacity: 2000"}',
    )
  })

  it('rule 22: what is asked for is counted by resource, requirement and operation', async () => {
    const node = await started({ cpu: '4' })
    node.run('p', requesting({ cpu: '1', memory: '64Mi' }))
    await node.clock.advance(5000)
    node.change('p', requesting({ cpu: '500m', memory: '80Mi' }, { memory: '100Mi' }))
    await node.clock.advance(5000)
    const counted = (resource: string, requirement: string, operation: string) =>
      node.metrics.value('container_requested_resizes_total', { resource, requirement, operation })
    expect(counted('cpu', 'requests', 'decrease')).toBe(1)
    expect(counted('memory', 'requests', 'increase')).toBe(1)
    expect(counted('memory', 'limits', 'add')).toBe(1)
    expect(counted('cpu', 'limits', 'add')).toBeUndefined()
  })
})
