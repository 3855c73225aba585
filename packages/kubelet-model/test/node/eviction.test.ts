import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { configured, HostNode, requesting } from './host-node.ts'

const mi = 2 ** 20

/** Uses as many MiB as its first argument says, from `after` seconds on. */
const hungry: Program = {
  async run({ args, usage, sleep, terminated }) {
    const [memory = '0', after = '0'] = args
    if (await sleep(Number(after) * 1000)) return 0
    usage({ memory: Number(memory) * mi })
    await terminated
    return 0
  },
}

async function started(text = 'evictionHard: {memory.available: 100Mi}\n') {
  const node = new HostNode({ memory: '1Gi', host: configured(text) }, { hungry })
  await node.start()
  return node
}

const eats = (memory: number, request: string, after = 0) => ({
  containers: [
    {
      name: 'app',
      image: 'hungry',
      args: [String(memory), String(after)],
      ...(request && { resources: { requests: { memory: request } } }),
    },
  ],
})

const condition = (node: HostNode, type: string) =>
  node.node.status?.conditions?.find((entry) => entry.type === type)?.status

describe('eviction by memory pressure', () => {
  it('ends the pod that uses most beyond its request, and says why', async () => {
    const node = await started()
    node.run('modest', eats(500, '600Mi'))
    node.run('greedy', eats(450, '64Mi'))
    await node.clock.advance(20_000)
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 74Mi. ' +
      'Container app was using 450Mi, request is 64Mi, has larger consumption of memory. '
    expect(node.get('greedy').status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(node.get('greedy').status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'TerminationByKubelet', message }),
    )
    expect(node.get('modest').status?.phase).toBe('Running')
    expect(node.events).toContain(`Warning Evicted: ${message}`)
    expect(node.nodeEvents).toContain('Warning EvictionThresholdMet: Attempting to reclaim memory')
    expect(node.metrics.value('evictions', { eviction_signal: 'memory.available' })).toBe(1)
  })

  it('reports the pressure, refuses BestEffort pods meanwhile, and five minutes after', async () => {
    const node = await started()
    node.run('greedy', eats(1000, '64Mi'))
    await node.clock.advance(20_000)
    expect(condition(node, 'MemoryPressure')).toBe('True')
    node.run('late')
    node.run('burstable', requesting({ memory: '10Mi' }))
    await node.clock.advance(5000)
    expect(node.get('late').status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    })
    expect(node.get('burstable').status?.phase).toBe('Running')
    await node.clock.advance(200_000)
    expect(condition(node, 'MemoryPressure')).toBe('True')
    await node.clock.advance(110_000)
    expect(condition(node, 'MemoryPressure')).toBe('False')
    expect(node.nodeEvents).toContain(
      'Normal NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory',
    )
  })

  it('soft thresholds wait for their grace; what is reclaimed goes beyond the threshold', async () => {
    const text = [
      'evictionHard: {memory.available: 10Mi}',
      'evictionSoft: {memory.available: 200Mi}',
      'evictionSoftGracePeriod: {memory.available: 1m}',
      'evictionMaxPodGracePeriod: 5',
    ].join('\n')
    const node = await started(`${text}\n`)
    node.run('greedy', eats(900, '64Mi'))
    await node.clock.advance(50_000)
    expect(node.get('greedy').status?.phase).toBe('Running')
    expect(condition(node, 'MemoryPressure')).toBe('True')
    await node.clock.advance(40_000)
    expect(node.get('greedy').status?.reason).toBe('Evicted')
  })

  it('spares critical pods; a pod above its own limit is killed by the kernel instead', async () => {
    const node = await started()
    node.run('critical', { ...eats(1000, '64Mi'), priority: 2_000_000_000 })
    node.run('limited', {
      ...eats(100, '1Mi'),
      containers: [{ ...eats(100, '1Mi').containers[0]!, resources: { limits: { memory: '50Mi' } } }],
      restartPolicy: 'Never',
    })
    await node.clock.advance(60_000)
    expect(node.get('critical').status?.phase).toBe('Running')
    expect(node.get('limited').status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      reason: 'OOMKilled',
      exitCode: 137,
    })
  })

  it('BAD: thresholds that are none', async () => {
    const start = (text: string) => new HostNode({ host: configured(text) }).start()
    await expect(start('evictionHard: {memory.free: 1Mi}\n')).rejects.toThrow('unsupported eviction signal memory.free')
    await expect(start('evictionHard: {memory.available: 101%}\n')).rejects.toThrow(
      'eviction percentage threshold memory.available must be <= 100%: 101%',
    )
    await expect(start('evictionSoft: {memory.available: 1Mi}\n')).rejects.toThrow(
      'grace period must be specified for the soft eviction threshold memory.available',
    )
  })
})

describe('graceful node shutdown', () => {
  const text = 'shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 10s\n'
  const stubborn: Program = { run: ({ sleep }) => sleep(1e9).then(() => new Promise<number>(() => {})) }

  it('ends ordinary pods before critical ones, each in its time; the node is not ready', async () => {
    const node = new HostNode({ host: configured(text) }, { stubborn })
    await node.start()
    const containers = [{ name: 'app', image: 'stubborn' }]
    node.run('ordinary', { containers, terminationGracePeriodSeconds: 600 })
    node.run('critical', { containers, priority: 2_000_000_000 })
    await node.clock.advance(10_000)
    let done = false
    void node.kubelet.shutDown().then(() => {
      done = true
    })
    await node.clock.advance(1000)
    expect(node.node.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'node is shutting down',
    })
    node.run('late')
    await node.clock.advance(1000)
    expect(node.get('late').status).toMatchObject({
      reason: 'NodeShutdown',
      message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
    })
    await node.clock.advance(19_000)
    const message = 'Pod was terminated in response to imminent node shutdown.'
    expect(node.get('ordinary').status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message })
    expect(node.get('critical').status?.phase).toBe('Running')
    expect(done).toBe(false)
    await node.clock.advance(10_000)
    expect(node.get('critical').status).toMatchObject({ phase: 'Failed', reason: 'Terminated' })
    expect(done).toBe(true)
    expect(node.nodeEvents).toContain('Normal NodeShutdown: Shutdown manager detected shutdown event')
  })

  it('by priority: groups that are empty are not waited for', async () => {
    const byPriority = [
      'shutdownGracePeriodByPodPriority:',
      '- {priority: 0, shutdownGracePeriodSeconds: 100}',
      '- {priority: 1000, shutdownGracePeriodSeconds: 5}',
    ].join('\n')
    const node = new HostNode({ host: configured(`${byPriority}\n`) }, { stubborn })
    await node.start()
    node.run('high', { containers: [{ name: 'app', image: 'stubborn' }], priority: 5000 })
    await node.clock.advance(5000)
    void node.kubelet.shutDown()
    await node.clock.advance(6000)
    expect(node.get('high').status?.reason).toBe('Terminated')
  })
})
