import { describe, expect, it } from 'vitest'
import { evenMachine } from '../../src/index.ts'
import { guaranteed, HostNode } from './host-node.ts'

const machine = evenMachine({
  sockets: 2,
  numaPerSocket: 1,
  coresPerNuma: 4,
  threadsPerCore: 1,
  memoryPerNuma: 4n * 2n ** 30n,
})

const flags = {
  memoryManagerPolicy: 'Static',
  systemReserved: { memory: '1Gi' },
  evictionHard: { 'memory.available': '1Gi' },
  topologyManagerPolicy: 'single-numa-node',
  reservedMemory: [
    { numaNode: 0, limits: { memory: '1Gi' } },
    { numaNode: 1, limits: { memory: '1Gi' } },
  ],
}

describe('the Static memory manager of a node', () => {
  it('pins memory of Guaranteed pods to one NUMA node, and keeps it over a restart', async () => {
    const node = new HostNode({ host: { machine, flags } })
    await node.start()
    node.run('a', guaranteed('1', '2Gi'))
    node.run('b', guaranteed('1', '2Gi'))
    await node.clock.advance(5000)
    expect([node.record('a')?.memoryNodes, node.record('b')?.memoryNodes]).toEqual(['0', '1'])
    await node.restart()
    node.run('c', guaranteed('1', '2Gi'))
    await node.clock.advance(5000)
    expect(node.get('c').status).toMatchObject({
      phase: 'Failed',
      reason: 'UnexpectedAdmissionError',
      message:
        'Pod was rejected: Allocate failed due to [memorymanager] failed to get the default NUMA affinity, no NUMA nodes with enough memory is available, which is unexpected',
    })
    node.remove('a')
    await node.clock.advance(60_000)
    node.run('d', guaranteed('1', '2Gi'))
    await node.clock.advance(5000)
    expect(node.record('d')?.memoryNodes).toBe('0')
  })

  it('refuses to resize what is pinned', async () => {
    const node = new HostNode({ host: { machine, flags } })
    await node.start()
    node.run('a', guaranteed('1', '1Gi'))
    await node.clock.advance(5000)
    node.change('a', guaranteed('1', '2Gi'))
    await node.clock.advance(1000)
    expect(node.get('a').status?.conditions?.find(({ type }) => type === 'PodResizePending')?.message).toBe(
      'Resize is infeasible for Guaranteed Pods alongside Memory Manager policy "Static"',
    )
  })

  it('BAD: reserved memory that does not add up, and a node that is not there', async () => {
    const start = (reservedMemory: typeof flags.reservedMemory) =>
      new HostNode({ host: { machine, flags: { ...flags, reservedMemory } } }).start()
    await expect(start(flags.reservedMemory.slice(1))).rejects.toThrow(
      'the total amount "1Gi" of type "memory" is not equal to the value "2Gi" determined by Node Allocatable feature',
    )
    await expect(start([{ numaNode: 7, limits: { memory: '2Gi' } }])).rejects.toThrow(
      'the reserved memory configuration references a NUMA node 7 that does not exist on this machine',
    )
  })
})
