import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import {
  cpuTopology,
  formatCpuSet,
  numaNodesOf,
  parseCpuSet,
  StaticCpuManager,
  StaticMemoryManager,
  TopologyManager,
} from '@kube-bonsai/kubelet-model'
import { buildMachine, type MachineInput } from './machine.ts'
import { type HintsInput, readHints } from './topology-merge.ts'

type Operation =
  | { readonly op: 'admit'; readonly pod: Pod }
  | { readonly op: 'remove'; readonly uid: string; readonly container: string }

/** A case of kubelet.resources. */
export interface ResourcesInput {
  readonly machine: MachineInput
  readonly topologyPolicy: string
  readonly topologyScope?: string
  readonly topologyOptions?: Readonly<Record<string, string>>
  readonly cpuOptions?: Readonly<Record<string, string>>
  readonly reservedCPUs?: string
  readonly numReserved?: number
  readonly memoryManager?: boolean
  readonly memoryReserved?: number
  readonly deviceHints?: HintsInput
  readonly ops: readonly Operation[]
}

/** Carries the name under which an answer shows that something could not be made. */
class Refused extends Error {
  readonly answer: object

  constructor(name: string, cause: unknown) {
    super(name)
    this.answer = { [name]: cause instanceof Error ? cause.message : String(cause) }
  }
}

function making<Made>(name: string, make: () => Made): Made {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof Error) || error.constructor === TypeError) throw error
    throw new Refused(name, error)
  }
}

/** Admissions and removals on a node whose managers pin resources. */
export function nodeResources(input: ResourcesInput, gates: FeatureGates): object {
  try {
    return run(input, gates)
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}

function run(input: ResourcesInput, gates: FeatureGates): object {
  const machine = buildMachine(input.machine)
  const { topologyPolicy: policy, topologyScope, topologyOptions: options = {} } = input
  const scope = topologyScope === undefined || topologyScope === '' ? 'container' : topologyScope
  const topology = making('topologyError', () => new TopologyManager({ nodes: machine.nodes, policy, scope, options }))
  const cpus = making('discoverError', () => cpuTopology(machine))
  const reserved = making('reservedError', () => parseCpuSet(input.reservedCPUs ?? ''))
  const numReserved = input.numReserved === undefined || input.numReserved === 0 ? reserved.size : input.numReserved
  const cpu = making(
    'cpuPolicyError',
    () =>
      new StaticCpuManager({
        topology: cpus,
        numReserved,
        reserved,
        options: input.cpuOptions ?? {},
        affinity: topology,
        gates,
      }),
  )
  topology.addProvider(cpu)
  let memory: StaticMemoryManager | undefined
  if (input.memoryManager === true) {
    const bytes = BigInt(input.memoryReserved ?? 0)
    const each = new Map(machine.nodes.map(({ id }) => [id, new Map([['memory', bytes]])]))
    memory = making(
      'memoryPolicyError',
      () => new StaticMemoryManager({ machine, reserved: each, affinity: topology, gates }),
    )
    topology.addProvider(memory)
  }
  const { deviceHints } = input
  if (deviceHints !== undefined) {
    const hints = readHints(deviceHints)
    topology.addProvider({ containerHints: () => hints, podHints: () => hints, allocate: () => {} })
  }
  const steps = input.ops.map((operation) => {
    if (operation.op === 'admit') return admit(operation.pod, topology, cpu, memory)
    cpu.remove(operation.uid, operation.container)
    memory?.remove(operation.uid, operation.container)
    return { shared: formatCpuSet(cpu.shared) }
  })
  return { allocatable: formatCpuSet(cpu.allocatable), steps }
}

function admit(
  given: Pod,
  topology: TopologyManager,
  cpu: StaticCpuManager,
  memory: StaticMemoryManager | undefined,
): object {
  const uid = given.metadata.uid ?? given.metadata.name ?? ''
  const pod = { ...given, metadata: { ...given.metadata, uid } }
  const result = topology.admit(pod)
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ name }) => {
    const hint = topology.affinity(uid, name)
    const own = cpu.assigned(uid, name)
    const blocks = memory?.blocks(uid, name)?.map(({ numa, type, size }) => ({ numa, type, size: String(size) }))
    return [
      name,
      {
        preferred: hint.preferred,
        ...(hint.affinity !== undefined && { numa: numaNodesOf(hint.affinity) }),
        ...(own && { cpus: formatCpuSet(own) }),
        ...(blocks && { memory: blocks }),
      },
    ]
  })
  return { ...result, containers: Object.fromEntries(containers), shared: formatCpuSet(cpu.shared) }
}
