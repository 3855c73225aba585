import { afterEach, describe, expect, it } from 'vitest'
import { conditionOf, pod, startCluster } from './rows.ts'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

async function start(cpu = '4') {
  running = await startCluster({ nodes: [{ name: 'node', cpu }] })
  return running
}

describe('Pod generation and observedGeneration (KEP-5067)', () => {
  it('C1: the ladder, and observedGeneration follows', async () => {
    const { cluster, pods, patch } = await start()
    const template = pod('p', '100m', { initContainers: [{ name: 'i', image: 'true' }] })
    await pods.create({ ...template, metadata: { ...template.metadata, generation: 100 } })
    const generations = async () => {
      await cluster.settle()
      const { metadata, status } = await pods.get('p')
      return [metadata.generation, status?.observedGeneration]
    }
    expect(await generations()).toEqual([1, 1])
    const steps: readonly [patch: object, generation: number][] = [
      [{}, 1],
      [{ spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } }, 2],
      [{ spec: { activeDeadlineSeconds: 500_000 } }, 3],
      [{ spec: { containers: [{ name: 'a', image: 'app:2' }] } }, 4],
      [{ spec: { initContainers: [{ name: 'i', image: 'true:2' }] } }, 5],
      [{ metadata: { annotations: { a: 'b' } } }, 5],
      [{ metadata: { generation: 1 } }, 5],
    ]
    for (const [change, generation] of steps) {
      await patch('p', change)
      expect(await generations()).toEqual([generation, generation])
    }
  })

  it('C2: 499 decrements of activeDeadlineSeconds: both numbers converge to 500', async () => {
    const { cluster, pods, run, patch, history } = await start()
    await run(pod('p', '100m', { activeDeadlineSeconds: 1_000_000 }))
    for (let less = 1; less <= 499; less++) await patch('p', { spec: { activeDeadlineSeconds: 1_000_000 - less } })
    await cluster.settle()
    const { metadata, status } = await pods.get('p')
    expect([metadata.generation, status?.observedGeneration]).toEqual([500, 500])
    const seen = history('p').map((one) => [one.metadata.generation ?? 0, one.status?.observedGeneration ?? 0] as const)
    expect(seen.every(([generation, observed]) => observed <= generation)).toBe(true)
    expect(seen.map(([, observed]) => observed)).toEqual(seen.map(([, observed]) => observed).sort((a, b) => a - b))
  })

  it('C3: deleted with a grace of 60, and again with 10: 2 and still 2', async () => {
    const { pods, run, cluster } = await start()
    await run(pod('p', '100m', { containers: [{ name: 'a', image: 'app:1', command: ['stays'] }] }))
    await pods.delete('p', { gracePeriodSeconds: 60 })
    expect((await pods.get('p')).metadata.generation).toBe(2)
    await pods.delete('p', { gracePeriodSeconds: 10 })
    expect((await pods.get('p')).metadata.generation).toBe(2)
    await cluster.settle()
    await expect(pods.get('p')).rejects.toThrow('not found')
  })

  it('C4: an oversized pod that is bound by force is refused by the node', async () => {
    const { pods, run, cluster } = await start('1')
    await run(pod('large', '2'))
    const waiting = await pods.get('large')
    expect(waiting.status?.conditions).toEqual([
      {
        type: 'PodScheduled',
        status: 'False',
        observedGeneration: 1,
        lastProbeTime: null,
        lastTransitionTime: expect.any(String),
        reason: 'Unschedulable',
        message: expect.stringContaining('0/1 nodes are available: 1 Insufficient cpu.'),
      },
    ])
    expect(waiting.status?.observedGeneration).toBeUndefined()
    const target = { kind: 'Node', name: 'node' }
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'large' }, target }
    await pods.createSubresource('large', 'binding', binding)
    await cluster.settle()
    const { metadata, status } = await pods.get('large')
    expect(metadata.generation).toBe(1)
    expect(status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', observedGeneration: 1 })
  })

  it('rules 4 and 10: a scheduled pod has generation 1; its binding carries none, its kubelet adds it', async () => {
    const { pods, run, history } = await start()
    await run(pod('p', '100m'))
    const bound = history('p').find(({ spec }) => spec?.nodeName !== undefined)
    expect(bound?.metadata.generation).toBe(1)
    expect(bound && conditionOf(bound, 'PodScheduled')).not.toHaveProperty('observedGeneration')
    const { status } = await pods.get('p')
    expect(status?.conditions?.map(({ type, observedGeneration }) => [type, observedGeneration]).sort()).toEqual(
      ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'PodScheduled', 'Ready'].map((type) => [type, 1]),
    )
  })

  it('rule 10: the scheduler writes the generation that it saw when it has something new to say', async () => {
    const { pods, run, patch, cluster } = await start('1')
    await run(pod('large', '2'))
    await patch('large', { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } })
    await cluster.settle()
    await cluster.advance('10m')
    const before = await pods.get('large')
    expect(before.metadata.generation).toBe(2)
    expect(conditionOf(before, 'PodScheduled')?.observedGeneration).toBe(1)
    await cluster.nodes.add({ name: 'other', cpu: '1' })
    await cluster.settle()
    const { message, observedGeneration } = conditionOf(await pods.get('large'), 'PodScheduled') ?? {}
    expect(message).toContain('0/2 nodes are available')
    expect(observedGeneration).toBe(2)
  })

  it('rule 10: preemption writes the generation of its victim', async () => {
    const { run, patch, cluster, history } = await start('2')
    await run(pod('small', '1500m'))
    await patch('small', { spec: { activeDeadlineSeconds: 500_000 } })
    await cluster.client.resource('scheduling.k8s.io/v1/priorityclasses').create({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'urgent' },
      value: 1000,
    })
    await run(pod('large', '1500m', { priorityClassName: 'urgent' }))
    const targets = history('small').map((one) => conditionOf(one, 'DisruptionTarget'))
    expect(targets.find((one) => one !== undefined)).toMatchObject({
      reason: 'PreemptionByScheduler',
      observedGeneration: 2,
    })
  })

  it('rule 10: taint eviction and pod garbage collection write what they saw', async () => {
    const { run, patch, cluster, history, pods } = await start()
    await run(pod('tainted', '100m'))
    await patch('tainted', { spec: { activeDeadlineSeconds: 500_000 } })
    await cluster.settle()
    const taints = [{ key: 'gone', effect: 'NoExecute' }]
    await cluster.client.resource('v1/nodes').patch('node', 'merge', { spec: { taints } })
    await cluster.settle()
    const marked = history('tainted').find((one) => conditionOf(one, 'DisruptionTarget') !== undefined)
    expect(marked && conditionOf(marked, 'DisruptionTarget')).toMatchObject({
      reason: 'DeletionByTaintManager',
      observedGeneration: 2,
    })
    await pods.create(pod('orphan', '100m', { nodeName: 'nowhere' }))
    await patch('orphan', { spec: { activeDeadlineSeconds: 500_000 } })
    await cluster.advance('3m')
    const failed = history('orphan').find(({ status }) => status?.phase === 'Failed')
    expect(failed?.status?.observedGeneration).toBe(2)
    expect(failed && conditionOf(failed, 'DisruptionTarget')).toMatchObject({
      reason: 'DeletionByPodGC',
      observedGeneration: 2,
    })
  })
})
