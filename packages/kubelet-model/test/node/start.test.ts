import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenMachine, type Host, KubeletStartError, type RuntimeConfigAnswer } from '../../src/index.ts'
import { configured, HostNode, requesting } from './host-node.ts'

/** Undefined when it starts, the error's message otherwise. */
async function startError(host: Host): Promise<string | undefined> {
  const node = new HostNode({ host })
  try {
    await node.start()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(KubeletStartError)
    return (error as Error).message
  }
}

const refused =
  'failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. ' +
  'cgroup v1 support is unsupported and will be removed in a future release, path: '

describe('Removal of cgroup v1 (KEP-5573)', () => {
  it('C1: a cgroup v1 host is refused; what ran goes on running', async () => {
    const node = new HostNode()
    await node.start()
    node.run('p')
    await node.clock.advance(5000)
    await expect(node.restart({ host: { cgroupVersion: 1 } })).rejects.toThrow(refused)
    await node.clock.advance(60_000)
    expect(node.record('p')?.state).toBe('running')
  })

  it('C2: with failCgroupV1 false it starts, with an event and the metric', async () => {
    const node = new HostNode({ host: { cgroupVersion: 1, flags: { failCgroupV1: false } } })
    await node.start()
    expect(node.node.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
    expect(node.nodeEvents.filter((event) => event.startsWith('Warning CgroupV1: cgroup v1 detected.'))).toHaveLength(1)
    expect(node.metrics.value('cgroup_version')).toBe(1)
    await node.restart()
    expect(node.nodeEvents.filter((event) => event.includes('CgroupV1'))).toHaveLength(2)
  })

  it('C3: cgroup v2 has neither', async () => {
    const node = new HostNode()
    await node.start()
    expect(node.nodeEvents).toEqual([])
    expect(node.metrics.value('cgroup_version')).toBe(2)
  })

  it('C4: a drop-in heals it, a flag on top breaks it again', async () => {
    const files = {
      '/etc/conf.d/10.conf':
        'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailCgroupV1: false',
    }
    const host: Host = { cgroupVersion: 1, files, configDir: '/etc/conf.d' }
    expect(await startError(host)).toBeUndefined()
    expect(await startError({ ...host, flags: { failCgroupV1: true } })).toContain(refused)
  })

  it('BAD: singleProcessOOMKill cannot be false on v1, LimitedSwap neither', async () => {
    const flags = { failCgroupV1: false, singleProcessOOMKill: false }
    expect(await startError({ cgroupVersion: 1, flags })).toContain(
      'singleProcessOOMKill must not be explicitly set to false when using cgroup v1',
    )
    const swap = { failCgroupV1: false, failSwapOn: false, memorySwap: { swapBehavior: 'LimitedSwap' } }
    expect(await startError({ cgroupVersion: 1, flags: swap })).toContain('only supported with cgroupv2')
  })

  it('PROP: it starts iff the version is 2 or the merged field is false', async () => {
    const field = fc.constantFrom(undefined, true, false)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1 as const, 2 as const), field, field, async (cgroupVersion, file, flag) => {
        const main = file === undefined ? {} : configured(`failCgroupV1: ${file}\n`)
        const flags = flag === undefined ? {} : { flags: { failCgroupV1: flag } }
        const error = await startError({ cgroupVersion, ...main, ...flags })
        expect(error === undefined).toBe(cgroupVersion === 2 || (flag ?? file ?? true) === false)
      }),
      { numRuns: 40 },
    )
  })
})

describe('Final call for containerd 1.x (KEP-4033)', () => {
  const losing = { version: '1.36.0' }
  const old: RuntimeConfigAnswer = { unimplemented: true }
  const withAnswers = (runtimeConfig: RuntimeConfigAnswer | readonly RuntimeConfigAnswer[], more: Host = {}): Host => ({
    ...more,
    runtime: { runtimeConfig },
  })

  it('C1, C2: the metric is there until the runtime is upgraded, and then its driver wins', async () => {
    const flags = { cgroupDriver: 'cgroupfs' }
    const node = new HostNode({ host: withAnswers(old, { flags }) })
    await node.start()
    expect(node.metrics.value('cri_losing_support', losing)).toBe(1)
    expect(node.kubelet.configuration['cgroupDriver']).toBe('cgroupfs')
    await node.restart({ host: withAnswers({ driver: 0 }, { flags }) })
    expect(node.metrics.text()).not.toContain('cri_losing_support')
    expect(node.kubelet.configuration['cgroupDriver']).toBe('systemd')
  })

  it('C3, C4: two errors are waited out, three are not', async () => {
    const error = { error: 'connection refused' }
    expect(await startError(withAnswers([error, error, { driver: 1 }]))).toBeUndefined()
    expect(await startError(withAnswers(error))).toContain('connection refused')
  })

  it('BAD: an unknown driver', async () => {
    expect(await startError(withAnswers({ driver: 7 }))).toContain('runtime returned an unknown cgroup driver 7')
  })

  it('PROP: the metric is there iff the last start saw Unimplemented', async () => {
    const answer: fc.Arbitrary<RuntimeConfigAnswer> = fc.constantFrom({ unimplemented: true }, { driver: 0 }, {})
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 3 }), async (answers) => {
        const node = new HostNode()
        for (const each of answers) await node.restart({ host: withAnswers(each) })
        const seen = node.metrics.value('cri_losing_support', losing)
        expect(seen).toBe('unimplemented' in (answers.at(-1) ?? {}) ? 1 : undefined)
      }),
      { numRuns: 30 },
    )
  })
})

describe('Kubelet drop-in configuration directory (KEP-3983)', () => {
  const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'

  it('C1: defaults, file, drop-ins in order, flags; the node has as many pods', async () => {
    const files = {
      ...configured('maxPods: 100\n').files,
      '/etc/d/10.conf': `${head}maxPods: 120\n`,
      '/etc/d/20.conf': `${head}maxPods: 130\n`,
      '/etc/d/30.yaml': `${head}maxPods: 1\n`,
    }
    const host: Host = { files, config: '/etc/kubelet.yaml', configDir: '/etc/d' }
    const node = new HostNode({ host })
    await node.start()
    expect(node.node.status?.capacity?.['pods']).toBe('130')
    await node.restart({ host: { ...host, flags: { maxPods: 140 } } })
    expect(node.node.status?.capacity?.['pods']).toBe('140')
    expect(node.kubelet.configuration['maxPods']).toBe(140)
  })

  it('BAD: a kubelet with a broken drop-in does not start, and names the file', async () => {
    const files = { '/etc/d/10.conf': 'maxPods: 120\n' }
    const message = await startError({ files, configDir: '/etc/d' })
    expect(message).toContain('failed to walk through kubelet dropin directory "/etc/d"')
    expect(message).toContain('/etc/d/10.conf')
  })

  it('what is reserved is not allocatable; a node that nobody configured gives away all', async () => {
    const text = 'systemReserved: {cpu: 500m, memory: 1Gi}\nkubeReserved: {cpu: 500m}\n'
    const node = new HostNode({ cpu: '4', memory: '8Gi', ephemeralStorage: '100Gi', host: configured(text) })
    await node.start()
    expect(node.node.status?.capacity).toMatchObject({ cpu: '4', memory: '8Gi' })
    expect(node.node.status?.allocatable).toMatchObject({
      cpu: '3',
      memory: '7068Mi',
      'ephemeral-storage': '96636764000',
    })
    node.run('p', requesting({ cpu: '3500m' }))
    await node.clock.advance(1000)
    expect(node.get('p').status?.message).toContain('requested: 3500, used: 0, capacity: 3000')
    const plain = new HostNode({ cpu: '4' })
    await plain.start()
    expect(plain.node.status?.allocatable?.['cpu']).toBe('4')
  })

  it('BAD: more reserved than there is', async () => {
    expect(await startError(configured('systemReserved: {cpu: "40"}\n'))).toContain(
      'invalid Node Allocatable configuration. Resource "cpu" has a reservation of 40 but capacity of 4. ' +
        'Expected capacity >= reservation.',
    )
    expect(await startError(configured('systemReserved: {nvidia: "40"}\n'))).toContain(
      '--system-reserved value failed to parse: cannot reserve "nvidia" resource',
    )
  })
})

describe('Topology manager: max-allowable-numa-nodes (KEP-4622)', () => {
  const machine = (nodes: number) =>
    evenMachine({ sockets: nodes, numaPerSocket: 1, coresPerNuma: 2, threadsPerCore: 1, memoryPerNuma: 2n ** 30n })
  const host = (nodes: number, policy: string, option?: string): Host => ({
    machine: machine(nodes),
    flags: {
      topologyManagerPolicy: policy,
      ...(option !== undefined && { topologyManagerPolicyOptions: { 'max-allowable-numa-nodes': option } }),
    },
  })
  const limit = (most: number) => `unsupported on machines with more than ${most} NUMA Nodes`

  it('C1: ten NUMA nodes are two too many', async () => {
    expect(await startError(host(10, 'restricted'))).toContain(limit(8))
  })
  it('C2, C3: the option raises the limit', async () => {
    expect(await startError(host(10, 'restricted', '10'))).toBeUndefined()
    expect(await startError(host(10, 'restricted', '16'))).toBeUndefined()
    expect(await startError(host(10, 'restricted', '9'))).toContain(limit(9))
  })
  it('C4: the policy none asks for nothing, whatever the option says', async () => {
    expect(await startError(host(16, 'none', 'abc'))).toBeUndefined()
  })
  it('C5: single-numa-node places what fits on one node, and refuses what spans two', async () => {
    const pins = { cpuManagerPolicy: 'static', reservedSystemCPUs: '0' }
    const { flags, ...rest } = host(10, 'single-numa-node', '10')
    const node = new HostNode({ host: { ...rest, flags: { ...flags, ...pins } } })
    await node.start()
    const amounts = (cpu: string) => requesting({ cpu, memory: '1Mi' }, { cpu, memory: '1Mi' })
    node.run('fits', amounts('2'))
    node.run('spans', amounts('3'))
    await node.clock.advance(5000)
    expect(node.record('fits')?.cpuset).toMatch(/^(\d+)-(\d+)$/)
    expect(node.get('spans').status).toMatchObject({
      phase: 'Failed',
      reason: 'TopologyAffinityError',
      message: 'Pod was rejected: Resources cannot be allocated with Topology locality',
    })
    expect(node.metrics.value('topology_manager_admission_requests_total')).toBe(2)
    expect(node.metrics.value('topology_manager_admission_errors_total')).toBe(1)
  })
  it('PROP: it starts iff the policy is none or the nodes are at most max(8, option)', async () => {
    const policy = fc.constantFrom('none', 'best-effort', 'restricted', 'single-numa-node')
    const option = fc.option(fc.integer({ min: 8, max: 16 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 16 }), policy, option, async (nodes, name, most) => {
        const error = await startError(host(nodes, name, most === undefined ? undefined : String(most)))
        expect(error === undefined).toBe(name === 'none' || nodes <= Math.max(8, most ?? 8))
      }),
      { numRuns: 60 },
    )
  })
  it.each(['7', 'abc', ' 9', '0x10', '-1'])('BAD: %j', async (option) => {
    expect(await startError(host(4, 'restricted', option))).toMatch(
      /^failed to run Kubelet: .*"max-allowable-numa-nodes"/,
    )
  })
})
