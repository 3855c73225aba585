import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenMachine, parseCpuSet } from '../../src/index.ts'
import { guaranteed, HostNode } from './host-node.ts'

const machine = evenMachine({
  sockets: 1,
  numaPerSocket: 1,
  coresPerNuma: 4,
  threadsPerCore: 2,
  memoryPerNuma: 2n ** 34n,
})

const host = (strict: boolean, options: Readonly<Record<string, string>> = {}) => ({
  machine,
  flags: {
    cpuManagerPolicy: 'static',
    reservedSystemCPUs: '0-1',
    cpuManagerPolicyOptions: { ...(strict && { 'strict-cpu-reservation': 'true' }), ...options },
  },
})

async function started(strict: boolean) {
  const node = new HostNode({ host: host(strict) })
  await node.start()
  return node
}

describe('CPU manager: strict-cpu-reservation (KEP-4540)', () => {
  it.each([
    [true, '2-7'],
    [false, '0-7'],
  ])('C1: strict %s: a container that shares runs on %s', async (strict, cpus) => {
    const node = await started(strict)
    node.run('p')
    await node.clock.advance(5000)
    expect(node.record('p')?.cpuset).toBe(cpus)
  })

  it('C2: exclusive CPUs leave the shared pool, and come back when the pod ends', async () => {
    const node = await started(true)
    node.run('shared')
    await node.clock.advance(5000)
    node.run('own', guaranteed('2'))
    await node.clock.advance(15_000)
    expect(node.record('own')?.cpuset).toBe('2-3')
    expect(node.record('shared')?.cpuset).toBe('4-7')
    expect(node.metrics.value('cpu_manager_exclusive_cpu_allocation_count')).toBe(2)
    expect(node.metrics.value('cpu_manager_pinning_requests_total')).toBe(1)
    node.remove('own')
    await node.clock.advance(30_000)
    expect(node.record('shared')?.cpuset).toBe('2-7')
    expect(node.metrics.value('cpu_manager_exclusive_cpu_allocation_count')).toBe(0)
  })

  it('C3: a state from before the option was turned on stops the kubelet until it is removed', async () => {
    const node = await started(false)
    node.stop()
    const error = 'start cpu manager error: some of strictly reserved cpus: "0-1" are present in defaultCpuSet: "0-7"'
    await expect(node.start({ host: host(true) })).rejects.toThrow(error)
    node.checkpoints.remove('cpu_manager_state')
    await node.start({ host: host(true) })
  })

  it('C4: the metric of the shared pool leaves reserved CPUs out in both modes', async () => {
    for (const strict of [true, false]) {
      const node = await started(strict)
      expect(node.metrics.value('cpu_manager_shared_pool_size_millicores')).toBe(6000)
    }
  })

  it('too few exclusive CPUs fail the pod', async () => {
    const node = await started(true)
    node.run('p', guaranteed('7'))
    await node.clock.advance(5000)
    expect(node.get('p').status).toMatchObject({ phase: 'Failed', reason: 'UnexpectedAdmissionError' })
    expect(node.get('p').status?.message).toContain(
      'not enough cpus available to satisfy request: requested=7, available=6',
    )
    expect(node.metrics.value('cpu_manager_pinning_errors_total')).toBe(1)
  })

  it('a container keeps its CPUs over a restart of the kubelet; a pod that went meanwhile gives them back', async () => {
    const node = await started(true)
    node.run('a', guaranteed('2'))
    node.run('b', guaranteed('2'))
    await node.clock.advance(5000)
    expect(node.record('b')?.cpuset).toBe('4-5')
    node.stop()
    node.pods.delete('uid-a')
    await node.start()
    node.run('c', guaranteed('2'))
    await node.clock.advance(5000)
    expect(node.record('b')?.cpuset).toBe('4-5')
    expect(node.record('c')?.cpuset).toBe('2-3')
  })

  it.each([
    [{ 'strict-cpu-reservation': 'yes' }, 'bad value for option "strict-cpu-reservation"'],
    [{ foo: 'true' }, 'unknown CPU Manager Policy option: "foo"'],
  ])('BAD: %j', async (options, message) => {
    const node = new HostNode({ host: host(false, options) })
    await expect(node.start()).rejects.toThrow(message)
  })

  it('BAD: an option with the policy none, a static policy with nothing reserved, a state that is corrupt', async () => {
    const none = { flags: { cpuManagerPolicyOptions: { 'strict-cpu-reservation': 'true' } } }
    await expect(new HostNode({ host: none }).start()).rejects.toThrow(
      'None policy: received unsupported options=map[strict-cpu-reservation:true]',
    )
    const nothing = { flags: { cpuManagerPolicy: 'static' } }
    await expect(new HostNode({ host: nothing }).start()).rejects.toThrow(
      '[cpumanager] unable to determine reserved CPU',
    )
    const node = new HostNode({ host: host(true) })
    node.checkpoints.write('cpu_manager_state', '{"data":"{}","checksum":1}')
    await expect(node.start()).rejects.toThrow(
      'start cpu manager error: could not restore state from checkpoint: checkpoint is corrupted, please drain this node and delete the CPU manager checkpoint file "/var/lib/kubelet/cpu_manager_state" before restarting Kubelet',
    )
  })

  it('PROP: exclusive sets are disjoint and free of reserved CPUs; with the shared ones they are all', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('run' as const), cpu: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('remove' as const), which: fc.nat(8) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 8 }), async (strict, steps) => {
        const node = await started(strict)
        let count = 0
        for (const each of steps) {
          if (each.kind === 'run') node.run(`p${count++}`, guaranteed(String(each.cpu)))
          else if (each.kind === 'restart') {
            // As in v1.35: a kubelet with nothing left to share does not come back.
            const left = node.metrics.value('cpu_manager_shared_pool_size_millicores')
            if (strict && left === 0) {
              await expect(node.restart()).rejects.toThrow('default cpuset cannot be empty')
              return
            }
            await node.restart()
          } else if (node.pods.has(`uid-p${each.which}`)) node.remove(`p${each.which}`)
          await node.clock.advance(20_000)
          node.run(`shared${count++}`)
          await node.clock.advance(12_000)
          const all: number[] = []
          let shared: ReadonlySet<number> = new Set()
          for (const pod of node.pods.values()) {
            const cpuset = node.record(pod.metadata.name ?? '')?.cpuset
            if (cpuset === undefined || pod.status?.phase !== 'Running') continue
            const cpus = parseCpuSet(cpuset)
            if (pod.metadata.name?.startsWith('shared')) shared = cpus
            else all.push(...cpus)
            if (strict) expect([...cpus].some((cpu) => cpu < 2)).toBe(false)
          }
          expect(new Set(all).size).toBe(all.length)
          expect(all.some((cpu) => cpu < 2)).toBe(false)
          expect([...all, ...shared].sort()).toEqual(strict ? [2, 3, 4, 5, 6, 7] : [0, 1, 2, 3, 4, 5, 6, 7])
        }
      }),
      { numRuns: 40 },
    )
  })
})
