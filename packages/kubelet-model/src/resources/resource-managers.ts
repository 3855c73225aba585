import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Clock } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Quantity } from '@kube-bonsai/quantity'
import { type KubeletConfiguration, record } from '../config/configuration.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Admission, AdmitHandler, AdmittedPod } from '../node/admission.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import { starting } from '../node/start-error.ts'
import { StaticCpuManager } from './cpu-manager.ts'
import { type CpuSet, formatCpuSet, parseCpuSet } from './cpu-set.ts'
import { type CpuTopology, cpuTopology } from './cpu-topology.ts'
import { containersInOrder, type HintProvider } from './hint-provider.ts'
import type { Machine } from './machine.ts'
import { readCpuState, readMemoryState, writeCpuState, writeMemoryState } from './manager-state.ts'
import { StaticMemoryManager } from './memory-manager.ts'
import { reservedMemory } from './reserved-memory.ts'
import { TopologyManager } from './topology-manager.ts'

/** What the managers of a node's CPUs and memory are made of. */
export interface ResourceManagersOptions {
  readonly machine: Machine
  readonly configuration: KubeletConfiguration
  readonly gates: FeatureGates
  /** What is kept from pods, by resource name. */
  readonly reservation: ReadonlyMap<string, Quantity>
  readonly checkpoints: CheckpointStore
  readonly metrics: Metrics
  readonly clock: Clock
}

/**
 * Topology, CPU and memory manager of a node as its configuration wants them. The constructor throws a KubeletStartError
 * where the kubelet would not start.
 */
export class ResourceManagers implements AdmitHandler {
  readonly #options: ResourceManagersOptions
  readonly #cpuPolicy: string
  readonly #memoryPolicy: string
  readonly #topology: TopologyManager
  readonly #cpus: StaticCpuManager | undefined
  readonly #memory: StaticMemoryManager | undefined
  #poolListener: (() => void) | undefined

  constructor(options: ResourceManagersOptions) {
    const { configuration, machine, gates, checkpoints } = options
    this.#options = options
    this.#cpuPolicy = String(configuration['cpuManagerPolicy'])
    this.#memoryPolicy = String(configuration['memoryManagerPolicy'])
    const text = (field: string) => texts(configuration, field)
    const run = 'failed to run Kubelet: '
    const topologyOptions = text('topologyManagerPolicyOptions')
    if (!gates.enabled('TopologyManagerPolicyOptions') && Object.keys(topologyOptions).length > 0) {
      const listed = Object.entries(topologyOptions).map(([name, value]) => `${name}:${value}`)
      starting('resources', run, () => {
        const what = `topology manager policy options map[${listed.sort().join(' ')}]`
        throw new Error(`${what} require feature gates "TopologyManagerPolicyOptions" enabled`)
      })
    }
    this.#topology = starting(
      'resources',
      run,
      () =>
        new TopologyManager({
          nodes: machine.nodes,
          policy: String(configuration['topologyManagerPolicy']),
          scope: String(configuration['topologyManagerScope']),
          options: topologyOptions,
        }),
    )
    this.#cpus = this.#makeCpus(cpuTopology(machine), text('cpuManagerPolicyOptions'))
    this.#memory = this.#makeMemory()
    if (this.#cpus) this.#topology.addProvider(this.#counted(this.#cpus))
    if (this.#memory) this.#topology.addProvider(this.#memory)
    if (this.#cpus === undefined) {
      starting('checkpoint', 'start cpu manager error: ', () => {
        readCpuState(checkpoints, 'none')
        writeCpuState(checkpoints, 'none')
      })
    }
    if (this.#memory === undefined) {
      starting('checkpoint', 'start memory manager error: ', () => readMemoryState(checkpoints, 'None'))
      writeMemoryState(checkpoints, 'None', new Map())
    }
    this.#save()
  }

  /** True when containers may get CPUs or memory of their own. */
  get pins(): boolean {
    return this.#cpus !== undefined || this.#memory !== undefined
  }

  /** The CPUs that a container is to run on, as Linux writes lists; undefined when it may run on all. */
  cpuset(podUid: string, container: string): string | undefined {
    if (this.#cpus === undefined) return undefined
    return formatCpuSet(this.#cpus.assigned(podUid, container) ?? this.#cpus.shared)
  }

  /** The NUMA nodes that a container's memory is pinned to; undefined when it may come from all. */
  memoryNodes(podUid: string, container: string): string | undefined {
    const blocks = this.#memory?.blocks(podUid, container)
    if (blocks === undefined || blocks.length === 0) return undefined
    return formatCpuSet(new Set(blocks.flatMap(({ numa }) => numa)))
  }

  /** Tells whenever the CPUs that containers share have changed. */
  onSharedCpus(listener: () => void): void {
    this.#poolListener = listener
  }

  admit(pod: Pod, _others: readonly AdmittedPod[]): Admission {
    const { metrics, clock } = this.#options
    metrics.counter('topology_manager_admission_requests_total').add()
    const began = clock.now()
    const before = this.#cpus?.shared
    const answer = this.#topology.admit(pod)
    metrics.histogram('topology_manager_admission_duration_ms', durations).observe(clock.now() - began)
    if (!answer.admit) {
      metrics.counter('topology_manager_admission_errors_total').add()
      // What was taken before the refusal belongs to a pod that does not come.
      this.release(pod)
      return answer
    }
    this.#changed(before)
    return answer
  }

  /** A pod has ended: what was its own is everybody's again. */
  release(pod: Pod): void {
    if (!this.pins) return
    const uid = pod.metadata.uid ?? ''
    const before = this.#cpus?.shared
    for (const { name } of containersInOrder(pod)) this.#forget(uid, name)
    this.#changed(before)
  }

  /** Frees what belongs to pods that are not among these: they went while no kubelet was there. */
  keepOnly(uids: ReadonlySet<string>): void {
    const before = this.#cpus?.shared
    for (const state of [this.#cpus?.state.assigned, this.#memory?.state]) {
      for (const [uid, own] of state ?? []) {
        if (!uids.has(uid)) for (const name of own.keys()) this.#forget(uid, name)
      }
    }
    this.#changed(before)
  }

  #forget(uid: string, container: string): void {
    this.#cpus?.remove(uid, container)
    this.#memory?.remove(uid, container)
    this.#topology.remove(uid, container)
  }

  #changed(before: CpuSet | undefined): void {
    this.#save()
    if (before !== undefined && before !== this.#cpus?.shared) this.#poolListener?.()
  }

  #makeCpus(topology: CpuTopology, options: Readonly<Record<string, string>>): StaticCpuManager | undefined {
    const { configuration, gates, reservation, checkpoints } = this.#options
    const run = 'failed to run Kubelet: '
    if (this.#cpuPolicy === 'none') {
      const given = Object.entries(options).map(([name, value]) => `${name}:${value}`)
      if (given.length === 0) return undefined
      return starting('resources', `${run}new none policy error: `, () => {
        throw new Error(`None policy: received unsupported options=map[${given.sort().join(' ')}]`)
      })
    }
    const numReserved = starting('resources', run, () => {
      if (this.#cpuPolicy !== 'static') throw new Error(`unknown policy: "${this.#cpuPolicy}"`)
      const cpu = reservation.get('cpu')
      if (cpu === undefined) {
        throw new Error('[cpumanager] unable to determine reserved CPU resources for static policy')
      }
      if (cpu.isZero()) {
        const more = 'systemreserved.cpu + kubereserved.cpu to be greater than zero'
        throw new Error(`[cpumanager] the static policy requires ${more}`)
      }
      return Number(cpu.value())
    })
    const reserved = parseCpuSet(String(configuration['reservedSystemCPUs'] ?? ''))
    const make = (state?: ReturnType<typeof readCpuState>) =>
      new StaticCpuManager({
        topology,
        numReserved,
        reserved,
        options,
        affinity: this.#topology,
        gates,
        ...(state && { state }),
      })
    starting('resources', `${run}new static policy error: `, () => make())
    return starting('checkpoint', 'start cpu manager error: ', () => make(readCpuState(checkpoints, 'static')))
  }

  #makeMemory(): StaticMemoryManager | undefined {
    const { configuration, machine, reservation, gates, checkpoints } = this.#options
    if (this.#memoryPolicy === 'None') return undefined
    const make = (state?: ReturnType<typeof readMemoryState>) => {
      if (this.#memoryPolicy === 'BestEffort') {
        throw new Error('policy "BestEffort" is not available for platform "linux"')
      }
      if (this.#memoryPolicy !== 'Static') throw new Error(`unknown policy: "${this.#memoryPolicy}"`)
      const reserved = reservedMemory(configuration, machine, reservation)
      return new StaticMemoryManager({
        machine,
        reserved,
        affinity: this.#topology,
        gates,
        ...(state && { state }),
      })
    }
    starting('resources', 'failed to run Kubelet: ', () => make())
    return starting('checkpoint', 'start memory manager error: ', () => make(readMemoryState(checkpoints, 'Static')))
  }

  /** Counts what containers ask of the CPU manager. */
  #counted(cpus: StaticCpuManager): HintProvider {
    const { metrics } = this.#options
    const errors = metrics.counter('cpu_manager_pinning_errors_total')
    const requests = metrics.counter('cpu_manager_pinning_requests_total')
    return {
      containerHints: (pod, container) => cpus.containerHints(pod, container),
      podHints: (pod) => cpus.podHints(pod),
      allocate: (pod: Pod, container: Container) => {
        if (cpus.wants(pod, container)) requests.add()
        try {
          cpus.allocate(pod, container)
        } catch (error) {
          errors.add()
          throw error
        }
      },
    }
  }

  #save(): void {
    const { checkpoints, metrics } = this.#options
    if (this.#cpus) {
      writeCpuState(checkpoints, 'static', this.#cpus.state)
      const { shared, reserved, state } = this.#cpus
      const free = [...shared].filter((cpu) => !reserved.has(cpu)).length
      metrics.gauge('cpu_manager_shared_pool_size_millicores').set(free * 1000)
      const own = new Set(
        [...state.assigned.values()].flatMap((containers) => [...containers.values()]).flatMap((set) => [...set]),
      )
      metrics.gauge('cpu_manager_exclusive_cpu_allocation_count').set(own.size)
    }
    if (this.#memory) writeMemoryState(checkpoints, 'Static', this.#memory.state)
  }
}

const durations = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6, 819.2]

function texts(configuration: KubeletConfiguration, field: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record(configuration[field])).map(([name, value]) => [name, String(value)]))
}
