import type { Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cpuTopology, evenMachine, StaticCpuManager, StaticMemoryManager, TopologyManager } from '../src/index.ts'

const gibi = 2n ** 30n

interface Node {
  readonly topology: TopologyManager
  readonly cpu: StaticCpuManager
  readonly memory: StaticMemoryManager
}

const machine = evenMachine({
  sockets: 2,
  numaPerSocket: 2,
  coresPerNuma: 2,
  threadsPerCore: 2,
  memoryPerNuma: 8n * gibi,
})

function node(policy: string, options: Record<string, string>): Node {
  const topology = new TopologyManager({ nodes: machine.nodes, policy })
  const cpu = new StaticCpuManager({ topology: cpuTopology(machine), numReserved: 2, options, affinity: topology })
  const reserved = new Map(machine.nodes.map(({ id }) => [id, new Map([['memory', gibi]])]))
  const memory = new StaticMemoryManager({ machine, reserved, affinity: topology })
  topology.addProvider(cpu)
  topology.addProvider(memory)
  return { topology, cpu, memory }
}

const pod = (uid: string, cpu: number, memory: number): Pod => {
  const amounts = { cpu: String(cpu), memory: `${memory}Gi` }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, uid },
    spec: { containers: [{ name: 'app', image: 'app', resources: { requests: amounts, limits: amounts } }] },
  }
}

const steps = fc.array(
  fc.record({
    remove: fc.boolean(),
    uid: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    cpu: fc.integer({ min: 1, max: 9 }),
    memory: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 12 },
)

const policies = fc.constantFrom('none', 'best-effort', 'restricted', 'single-numa-node')
const options = fc.constantFrom<Record<string, string>>(
  {},
  { 'strict-cpu-reservation': 'true' },
  { 'full-pcpus-only': 'true' },
  { 'distribute-cpus-across-numa': 'true' },
)

test('allocated CPUs and memory never exceed what the node has to give', () => {
  fc.assert(
    fc.property(policies, options, steps, (policy, set, history) => {
      const { topology, cpu, memory } = node(policy, set)
      const shared = cpu.shared
      for (const step of history) {
        if (step.remove) {
          cpu.remove(step.uid, 'app')
          memory.remove(step.uid, 'app')
        } else {
          topology.admit(pod(step.uid, step.cpu, step.memory))
        }
        const own = [...cpu.state.assigned.values()].flatMap((containers) => [...containers.values()])
        const exclusive = own.flatMap((cpus) => [...cpus])
        expect(new Set(exclusive).size).toBe(exclusive.length)
        expect(exclusive.every((id) => cpu.allocatable.has(id) && !cpu.shared.has(id))).toBe(true)
        expect(new Set([...exclusive, ...cpu.shared])).toEqual(new Set(shared))
        for (const { id } of machine.nodes) {
          const { allocatable, reserved, free } = memory.memoryOn(id)!
          expect(free >= 0n && reserved >= 0n && reserved + free === allocatable).toBe(true)
        }
      }
    }),
    { numRuns: 200 },
  )
})
