import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, test } from 'vitest'
import { cpuTopology, evenMachine, formatCpuSet, parseCpuSet, StaticCpuManager, TopologyManager } from '../src/index.ts'

const machine = evenMachine({ sockets: 1, numaPerSocket: 1, coresPerNuma: 8, threadsPerCore: 1 })
const topology = cpuTopology(machine)

function manager(
  options: Record<string, string>,
  more: Partial<ConstructorParameters<typeof StaticCpuManager>[0]> = {},
) {
  const affinity = new TopologyManager({ nodes: machine.nodes, policy: 'none' })
  const cpu = new StaticCpuManager({
    topology,
    numReserved: 2,
    reserved: parseCpuSet('0-1'),
    options,
    affinity,
    ...more,
  })
  affinity.addProvider(cpu)
  return { cpu, affinity }
}

const guaranteed = (uid: string, cpu: string): Pod => {
  const amounts = { cpu, memory: '1Gi' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, uid },
    spec: { containers: [{ name: 'app', image: 'app', resources: { requests: amounts, limits: amounts } }] },
  }
}

describe('strict CPU reservation (KEP-4540)', () => {
  const on = { 'strict-cpu-reservation': 'true' }

  test('C1: shared containers stay off reserved CPUs only when it is on', () => {
    expect(formatCpuSet(manager(on).cpu.shared)).toBe('2-7')
    expect(formatCpuSet(manager({}).cpu.shared)).toBe('0-7')
  })

  test('C2: exclusive CPUs leave the shared pool and come back', () => {
    const { cpu, affinity } = manager(on)
    expect(affinity.admit(guaranteed('a', '2'))).toEqual({ admit: true })
    expect(formatCpuSet(cpu.assigned('a', 'app')!)).toBe('2-3')
    expect(formatCpuSet(cpu.shared)).toBe('4-7')
    cpu.remove('a', 'app')
    expect(formatCpuSet(cpu.shared)).toBe('2-7')
  })

  test('C3: the old state of another setting stops the kubelet', () => {
    const state = manager({}).cpu.state
    expect(() => manager(on, { state })).toThrow(
      'some of strictly reserved cpus: "0-1" are present in defaultCpuSet: "0-7"',
    )
    expect(() => manager({}, { state: manager(on).cpu.state })).toThrow(
      'not all reserved cpus: "0-1" are present in defaultCpuSet: "2-7"',
    )
    expect(formatCpuSet(manager(on, { state: manager(on).cpu.state }).cpu.shared)).toBe('2-7')
  })

  test('a pod that asks for more than there is is refused', () => {
    expect(manager(on).affinity.admit(guaranteed('a', '7'))).toEqual({
      admit: false,
      reason: 'UnexpectedAdmissionError',
      message:
        'Allocate failed due to not enough cpus available to satisfy request: requested=7, available=6, which is unexpected',
    })
  })

  test('BAD: options that do not exist or do not parse', () => {
    expect(() => manager({ 'strict-cpu-reservation': 'yes' })).toThrow(
      'bad value for option "strict-cpu-reservation": strconv.ParseBool: parsing "yes": invalid syntax',
    )
    expect(() => manager({ nope: 'true' })).toThrow('unknown CPU Manager Policy option: "nope"')
  })
})

describe('max-allowable-numa-nodes (KEP-4622)', () => {
  const nodes = (count: number) =>
    evenMachine({ sockets: 1, numaPerSocket: count, coresPerNuma: 1, threadsPerCore: 1 }).nodes
  const make = (count: number, value?: string) =>
    new TopologyManager({
      nodes: nodes(count),
      policy: 'best-effort',
      options: value === undefined ? {} : { 'max-allowable-numa-nodes': value },
    })

  test('machines with more nodes than are allowed are refused', () => {
    expect(() => make(9)).toThrow('unsupported on machines with more than 8 NUMA Nodes')
    expect(() => make(9, '12')).not.toThrow()
    expect(() => new TopologyManager({ nodes: nodes(9), policy: 'none' })).not.toThrow()
  })

  test('BAD: less than 8, no number', () => {
    expect(() => make(2, '7')).toThrow('the minimum value of "max-allowable-numa-nodes" should not be less than 8')
    expect(() => make(2, 'x')).toThrow('strconv.Atoi: parsing "x": invalid syntax')
  })
})
