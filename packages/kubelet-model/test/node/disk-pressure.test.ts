import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { configured, HostNode } from './host-node.ts'

const gi = 2 ** 30
const mi = 2 ** 20

/** Uses what its arguments say from the beginning on: `disk=3`, `inodes=5`, `pids=7`; amounts of disk in GiB. */
const hoarder: Program = {
  sizeBytes: mi,
  async run({ args, usage, terminated }) {
    const asked = Object.fromEntries(args.map((each) => each.split('=')).map(([name, value]) => [name, Number(value)]))
    usage({ ...asked, disk: (asked['disk'] ?? 0) * gi })
    await terminated
    return 0
  },
}

/** Writes as many MiB as its second argument says into the file of its first. */
const writer: Program = {
  sizeBytes: mi,
  async run({ args: [path = '', size = '0'], files, terminated }) {
    files.write(path, 'x'.repeat(Number(size) * mi))
    await terminated
    return 0
  },
}

/** Keeps 2 GiB and ends at once. */
const leaver: Program = {
  sizeBytes: 2 * gi,
  run({ usage }) {
    usage({ disk: 2 * gi })
    return 0
  },
}

const programs = { hoarder, writer, leaver }

const started = async (text: string, host = {}, runtime = {}) => {
  const node = new HostNode({ ephemeralStorage: '10Gi', host: { ...configured(text), ...host } }, programs, runtime)
  await node.start()
  return node
}

const hoards = (args: readonly string[], request?: string) => ({
  containers: [
    {
      name: 'app',
      image: 'hoarder',
      args: [...args],
      ...(request && { resources: { requests: { 'ephemeral-storage': request } } }),
    },
  ],
})

const conditionOf = (node: HostNode, type: string) => node.node.status?.conditions?.find((entry) => entry.type === type)

const reasons = (node: HostNode) => [...node.pods.values()].map(({ status }) => status?.reason ?? status?.phase)

const calm = 'evictionHard: {nodefs.available: 1Gi}\nevictionPressureTransitionPeriod: 30s\n'

describe('eviction by pressure of disks', () => {
  it('ends the pod that keeps most beyond its request, and says why', async () => {
    const node = await started('evictionHard: {nodefs.available: 2Gi}\n')
    node.run('modest', hoards(['disk=5'], '6Gi'))
    node.run('greedy', hoards(['disk=4'], '1Gi'))
    await node.clock.advance(20_000)
    const message =
      'The node was low on resource: ephemeral-storage. Threshold quantity: 2Gi, available: 1023Mi. ' +
      'Container app was using 4Gi, request is 1Gi, has larger consumption of ephemeral-storage. '
    expect(node.get('greedy').status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(node.get('greedy').status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'TerminationByKubelet', message }),
    )
    expect(node.get('modest').status?.phase).toBe('Running')
    expect(node.events).toContain(`Warning Evicted: ${message}`)
    expect(node.nodeEvents).toContain('Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage')
    expect(node.metrics.value('evictions', { eviction_signal: 'nodefs.available' })).toBe(1)
    expect(conditionOf(node, 'DiskPressure')).toMatchObject({
      status: 'True',
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
    })
    expect(node.nodeEvents).toContain('Normal NodeHasDiskPressure: Node node-1 status is now: NodeHasDiskPressure')
  })

  it('refuses every pod but critical ones meanwhile, whatever it tolerates', async () => {
    const node = await started('evictionHard: {nodefs.available: 1Gi, pid.available: 10}\n', { maxPids: 20 })
    node.runtime.occupy({ disk: 9.5 * gi, pids: 12 })
    await node.clock.advance(10_000)
    node.run('late', { ...hoards(['disk=0'], '1Gi'), tolerations: [{ operator: 'Exists' }] })
    node.run('critical', { ...hoards(['disk=0']), priority: 2_000_000_000 })
    await node.clock.advance(5000)
    expect(node.get('late').status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [DiskPressure PIDPressure]. ',
    })
    expect(node.events).toContain('Warning Evicted: The node had condition: [DiskPressure PIDPressure]. ')
    expect(node.get('critical').status?.phase).toBe('Running')
  })

  it('deletes containers of pods that have ended and images that nobody uses before it ends a pod', async () => {
    const node = await started(calm)
    node.run('done', { containers: [{ name: 'app', image: 'leaver' }], restartPolicy: 'Never' })
    node.run('here', hoards(['disk=2']))
    await node.clock.advance(600_000)
    expect(node.get('done').status?.phase).toBe('Succeeded')
    const before = node.get('done').status
    node.runtime.occupy({ disk: 4 * gi })
    await node.clock.advance(20_000)
    expect(node.runtime.images().map(({ name }) => name)).toEqual(['hoarder'])
    expect(node.runtime.list('uid-done')).toEqual([])
    expect(node.get('here').status?.phase).toBe('Running')
    expect(node.nodeEvents).toContain('Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage')
    expect(conditionOf(node, 'DiskPressure')?.status).toBe('True')
    await node.clock.advance(40_000)
    expect(conditionOf(node, 'DiskPressure')?.status).toBe('False')
    // What was said of the pod stays, now and after a restart.
    node.set({ ...node.get('done'), metadata: { ...node.get('done').metadata, labels: { seen: 'yes' } } })
    await node.restart()
    await node.clock.advance(60_000)
    expect(node.get('done').status).toEqual(before)
  })

  it('an image that has only just come is spared', async () => {
    const node = await started(calm)
    node.runtime.preload('other')
    node.run('here', hoards(['disk=2']))
    node.runtime.occupy({ disk: 7.95 * gi })
    await node.clock.advance(20_000)
    expect(node.runtime.images().map(({ name }) => name)).toContain('other')
    expect(reasons(node)).toEqual(['Evicted'])
  })

  it('a soft threshold waits, gives pods their time, and wants its minimum', async () => {
    const node = await started(
      [
        'evictionHard: {nodefs.available: 100Mi}',
        'evictionSoft: {nodefs.available: 20%}',
        'evictionSoftGracePeriod: {nodefs.available: 1m}',
        'evictionMinimumReclaim: {nodefs.available: 2Gi}',
        'evictionMaxPodGracePeriod: 7',
      ].join('\n'),
    )
    for (const index of [1, 2, 3]) node.run(`pod-${index}`, { ...hoards([`disk=2.${index}`]) })
    node.runtime.occupy({ disk: 2 * gi })
    await node.clock.advance(60_000)
    expect(conditionOf(node, 'DiskPressure')?.status).toBe('True')
    expect(reasons(node)).toEqual(['Running', 'Running', 'Running'])
    await node.clock.advance(30_000)
    // The largest goes first; 2 GiB and a bit are left then, which is enough for the threshold, and not for what is to be reclaimed.
    expect(node.get('pod-3').status?.message).toContain('Threshold quantity: 2147483680, available: 1502189978. ')
    expect(reasons(node)).toEqual(['Running', 'Evicted', 'Evicted'])
  })

  it('counts inodes: files and directories that were written, and what programs say', async () => {
    const node = await started('evictionHard: {nodefs.inodesFree: 5%}\n', { inodes: 1000 })
    node.run('greedy', hoards(['inodes=900']))
    node.run('other', hoards(['inodes=60'], '1Gi'))
    await node.clock.advance(20_000)
    expect(node.get('greedy').status).toMatchObject({
      reason: 'Evicted',
      message: 'The node was low on resource: inodes. Threshold quantity: 50, available: 40. ',
    })
    expect(node.get('other').status?.phase).toBe('Running')
    expect(node.metrics.value('evictions', { eviction_signal: 'nodefs.inodesFree' })).toBe(1)
  })

  it('images on a disk of their own fill that one only: layers count there, volumes do not', async () => {
    const text = 'evictionHard: {nodefs.available: 1Gi, imagefs.available: 1Gi}\n'
    const node = await started(text, {}, { imageDiskBytes: 5 * gi })
    node.run('layers', hoards(['disk=4.5']))
    node.run('volumes', { containers: [{ name: 'app', image: 'writer', args: ['/tmp/x', '0'] }] })
    await node.clock.advance(20_000)
    expect(reasons(node)).toEqual(['Evicted', 'Running'])
    expect(node.metrics.value('evictions', { eviction_signal: 'imagefs.available' })).toBe(1)
    expect(node.get('layers').status?.message).toBe(
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 510Mi. ' +
        'Container app was using 4608Mi, request is 0, has larger consumption of ephemeral-storage. ',
    )
  })

  it('a pod that the node ends already is not ended once more', async () => {
    const text = 'shutdownGracePeriod: 60s\nevictionHard: {nodefs.available: 1Gi}\n'
    const stubborn: Program = { run: ({ sleep }) => sleep(1e9).then(() => new Promise<number>(() => {})) }
    const node = new HostNode({ ephemeralStorage: '10Gi', host: configured(text) }, { stubborn })
    await node.start()
    node.run('slow', { containers: [{ name: 'app', image: 'stubborn' }], terminationGracePeriodSeconds: 50 })
    await node.clock.advance(10_000)
    void node.kubelet.shutDown()
    node.runtime.occupy({ disk: 9.5 * gi })
    await node.clock.advance(100_000)
    expect(node.get('slow').status?.reason).toBe('Terminated')
  })
})

describe('eviction by pressure of processes', () => {
  it('ends the least important pod, and of several the one with the most processes', async () => {
    const node = await started('evictionHard: {pid.available: 10%}\n', { maxPids: 1000 })
    node.run('important', { ...hoards(['pids=500']), priority: 10 })
    node.run('few', hoards(['pids=100']))
    node.run('many', hoards(['pids=350']))
    await node.clock.advance(20_000)
    expect(node.get('many').status).toMatchObject({
      reason: 'Evicted',
      message: 'The node was low on resource: pids. Threshold quantity: 100, available: 50. ',
    })
    expect(reasons(node)).toEqual(['Running', 'Running', 'Evicted'])
    expect(conditionOf(node, 'PIDPressure')).toMatchObject({
      status: 'True',
      reason: 'KubeletHasInsufficientPID',
      message: 'kubelet has insufficient PID available',
    })
    expect(node.nodeEvents).toContain('Warning EvictionThresholdMet: Attempting to reclaim pids')
    expect(node.metrics.value('evictions', { eviction_signal: 'pid.available' })).toBe(1)
  })
})

describe('limits on local storage', () => {
  const volumes = [{ name: 'cache', emptyDir: { sizeLimit: '10Mi' } }]
  const writing = (path: string, size: number, limits?: Readonly<Record<string, string>>) => ({
    name: 'app',
    image: 'writer',
    args: [path, String(size)],
    volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
    ...(limits && { resources: { limits } }),
  })

  it('a pod whose emptyDir holds more than its limit is evicted', async () => {
    const node = await started(calm)
    node.run('over', { volumes, containers: [writing('/cache/x', 11)] })
    node.run('under', { volumes, containers: [writing('/cache/x', 10)] })
    node.run('elsewhere', { volumes, containers: [writing('/tmp/x', 11)] })
    await node.clock.advance(20_000)
    const message = 'Usage of EmptyDir volume "cache" exceeds the limit "10Mi". '
    expect(node.get('over').status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(node.get('over').status?.conditions?.some(({ type }) => type === 'DisruptionTarget')).toBe(false)
    expect(node.events).toContain(`Warning Evicted: ${message}`)
    expect(reasons(node)).toEqual(['Evicted', 'Running', 'Running'])
    expect(node.metrics.value('evictions', { eviction_signal: 'emptydirfs.limit' })).toBe(1)
    expect(conditionOf(node, 'DiskPressure')?.status).toBe('False')
  })

  it('a container may not write more than its limit, nor a pod more than those of all its containers', async () => {
    const node = await started(calm)
    const limits = { 'ephemeral-storage': '8Mi' }
    const idle = { name: 'idle', image: 'app:1', resources: { limits: { 'ephemeral-storage': '4Mi' } } }
    const free = [{ name: 'cache', emptyDir: {} }]
    node.run('container', { volumes: free, containers: [writing('/x', 9, limits), idle] })
    node.run('pod', { volumes: free, containers: [writing('/cache/x', 13, limits), idle] })
    node.run('under', { volumes: free, containers: [writing('/cache/x', 9, limits), idle] })
    await node.clock.advance(20_000)
    expect(node.get('container').status?.message).toBe(
      'Container app exceeded its local ephemeral storage limit "8Mi". ',
    )
    expect(node.get('pod').status?.message).toBe(
      'Pod ephemeral local storage usage exceeds the total limit of containers 12Mi. ',
    )
    expect(reasons(node)).toEqual(['Evicted', 'Evicted', 'Running'])
    expect(node.metrics.value('evictions', { eviction_signal: 'ephemeralcontainerfs.limit' })).toBe(1)
    expect(node.metrics.value('evictions', { eviction_signal: 'ephemeralpodfs.limit' })).toBe(1)
  })

  it('nobody is evicted for it where the kubelet does not isolate local storage', async () => {
    const node = await started(`${calm}localStorageCapacityIsolation: false\n`)
    node.run('over', { volumes, containers: [writing('/cache/x', 11)] })
    await node.clock.advance(20_000)
    expect(reasons(node)).toEqual(['Running'])
  })
})

it('PROP: a node that is short ends pods in their order until it is not, and never one more', async () => {
  const pod = fc.record({ disk: fc.integer({ min: 0, max: 6 }), priority: fc.integer({ min: 0, max: 3 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(pod, { minLength: 1, maxLength: 6 }), async (pods) => {
      const node = await started('evictionHard: {nodefs.available: 1Gi}\n')
      for (const [index, { disk, priority }] of pods.entries()) {
        node.run(`pod-${index}`, { ...hoards([`disk=${disk}`]), priority })
      }
      await node.clock.advance(60_000)
      const first = (left: (typeof pods)[number], right: (typeof pods)[number]) =>
        Number(right.disk > 0) - Number(left.disk > 0) || left.priority - right.priority || right.disk - left.disk
      const kept = [...pods].sort(first)
      // The image takes a little room: nine of ten are too many.
      while (kept.reduce((sum, { disk }) => sum + disk, 0) >= 9) kept.shift()
      const running = pods.filter((_, index) => node.get(`pod-${index}`).status?.phase === 'Running')
      expect(running.sort(first)).toEqual(kept)
      expect(node.errors).toEqual([])
    }),
    { numRuns: 60 },
  )
})
