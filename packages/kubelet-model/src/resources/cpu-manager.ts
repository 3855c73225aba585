import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { Quantity } from '@kube-bonsai/quantity'
import { takePacked } from './cpu-accumulator.ts'
import { takeDistributed } from './cpu-distribution.ts'
import { cpuHints } from './cpu-hints.ts'
import { type CpuOption, cpuOptions } from './cpu-options.ts'
import { type CpuSet, difference, formatCpuSet, union } from './cpu-set.ts'
import type { CpuTopology } from './cpu-topology.ts'
import { SmtAlignmentError } from './errors.ts'
import { isGuaranteed, needed, statesPodLevel } from './guaranteed.ts'
import { type AffinityStore, containersInOrder, type HintProvider } from './hint-provider.ts'
import type { ProviderHints } from './hints.ts'
import { type NumaMask, numaNodesOf } from './numa-mask.ts'

/** What the static CPU manager is made of. */
export interface CpuManagerOptions {
  readonly topology: CpuTopology
  /** How many CPUs stay with the system. */
  readonly numReserved: number
  /** Which ones; chosen like an allocation when there are none given. */
  readonly reserved?: CpuSet
  readonly options?: Readonly<Record<string, string>>
  readonly affinity: AffinityStore & { readonly policyName: string }
  readonly gates?: FeatureGates
  /** What an earlier kubelet has handed out, to go on with. */
  readonly state?: CpuManagerState
}

/** What survives a restart of the kubelet. */
export interface CpuManagerState {
  readonly shared: CpuSet
  /** By pod uid, then by container. */
  readonly assigned: ReadonlyMap<string, ReadonlyMap<string, CpuSet>>
}

const none: CpuSet = new Set()

/**
 * The static policy of the CPU manager: containers of Guaranteed pods that ask for whole CPUs get CPUs of their own, all
 * others share the rest. The constructor throws in the kubelet's words when options or reserved CPUs do not fit.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/cpumanager/policy_static.go
 */
export class StaticCpuManager implements HintProvider {
  readonly reserved: CpuSet
  readonly #topology: CpuTopology
  readonly #options: ReadonlySet<CpuOption>
  readonly #affinity: AffinityStore
  readonly #podLevel: boolean
  readonly #reservedCores: CpuSet
  readonly #assigned: Map<string, Map<string, CpuSet>> = new Map()
  #shared: CpuSet
  /** CPUs of init containers that have ended, for the pod that is being admitted. */
  #reusable: { readonly pod: string; readonly cpus: CpuSet } | undefined

  constructor({
    topology,
    numReserved,
    reserved,
    options,
    affinity,
    gates = createFeatureGates(),
    state,
  }: CpuManagerOptions) {
    this.#topology = topology
    this.#affinity = affinity
    this.#options = cpuOptions(options, gates)
    this.#podLevel = gates.enabled('PodLevelResources')
    this.#checkSockets(affinity.policyName)
    this.reserved = reserved !== undefined && reserved.size > 0 ? reserved : this.#tryToTake(numReserved)
    if (this.reserved.size !== numReserved) {
      const size = `size of ${formatCpuSet(this.reserved)} did not equal ${numReserved}`
      throw new Error(`[cpumanager] unable to reserve the required amount of CPUs (${size})`)
    }
    const cores = [...this.reserved].map((cpu) => {
      const place = topology.details.place(cpu)
      if (place !== undefined) return place.core
      const cause = `unknown CPU ID: ${cpu}`
      throw new Error(`[cpumanager] unable to build the reserved physical CPUs from the reserved set: ${cause}`)
    })
    this.#reservedCores = topology.details.within('core', ...cores)
    const all = topology.details.cpus()
    const usable = this.#options.has('strict-cpu-reservation') ? difference(all, this.reserved) : all
    this.#shared = this.#restore(state, usable)
  }

  /** CPUs that containers may get for themselves, taken or not. */
  get allocatable(): CpuSet {
    return difference(this.#topology.details.cpus(), this.reserved)
  }

  /** CPUs that containers without CPUs of their own run on. */
  get shared(): CpuSet {
    return this.#shared
  }

  /** What is to survive a restart of the kubelet. */
  get state(): CpuManagerState {
    return { shared: this.#shared, assigned: new Map([...this.#assigned].map(([uid, own]) => [uid, new Map(own)])) }
  }

  /** The CPUs that a container has for itself; undefined when it shares. */
  assigned(podUid: string, container: string): CpuSet | undefined {
    return this.#assigned.get(podUid)?.get(container)
  }

  /** True when a container is to get CPUs of its own. */
  wants(pod: Pod, container: Container): boolean {
    return this.#wholeCpus(pod, container) > 0 && !statesPodLevel(pod, this.#podLevel)
  }

  containerHints(pod: Pod, container: Container): ProviderHints | undefined {
    const requested = this.#wholeCpus(pod, container)
    if (requested === 0 || statesPodLevel(pod, this.#podLevel)) return undefined
    const uid = pod.metadata.uid ?? ''
    const known = this.assigned(uid, container.name)
    if (known !== undefined) return known.size === requested ? this.#hints(known, none, requested) : unsatisfiable
    return this.#hints(this.#available(), this.#reusableOf(uid), requested)
  }

  podHints(pod: Pod): ProviderHints | undefined {
    const requested = needed<number>(
      pod,
      0,
      (left, right) => left + right,
      (container) => this.#wholeCpus(pod, container),
    )
    if (requested === 0 || statesPodLevel(pod, this.#podLevel)) return undefined
    const uid = pod.metadata.uid ?? ''
    let assigned: CpuSet = none
    for (const container of containersInOrder(pod)) {
      const known = this.assigned(uid, container.name)
      if (known === undefined) continue
      if (known.size !== this.#wholeCpus(pod, container)) return unsatisfiable
      assigned = union(assigned, known)
    }
    if (assigned.size === requested) return this.#hints(assigned, none, requested)
    return this.#hints(this.#available(), union(this.#reusableOf(uid), assigned), requested)
  }

  allocate(pod: Pod, container: Container): void {
    const count = this.#wholeCpus(pod, container)
    if (count === 0 || statesPodLevel(pod, this.#podLevel)) return
    if (this.#options.has('full-pcpus-only')) this.#checkWholeCores(count)
    const uid = pod.metadata.uid ?? ''
    const known = this.assigned(uid, container.name)
    const cpus = known ?? this.#allocateCpus(count, this.#affinity.affinity(uid, container.name).affinity, uid)
    if (known === undefined) {
      const own = this.#assigned.get(uid) ?? new Map<string, CpuSet>()
      this.#assigned.set(uid, own.set(container.name, cpus))
    }
    this.#updateReusable(pod, container, cpus)
  }

  /** A container is gone: CPUs that no other container of its pod uses go back to all. */
  remove(podUid: string, container: string): void {
    const own = this.#assigned.get(podUid)
    const cpus = own?.get(container)
    if (own === undefined || cpus === undefined) return
    own.delete(container)
    if (own.size === 0) this.#assigned.delete(podUid)
    this.#shared = union(this.#shared, difference(cpus, union(...own.values())))
  }

  #checkSockets(topologyPolicy: string): void {
    if (!this.#options.has('align-by-socket')) return
    if (topologyPolicy === 'single-numa-node') {
      const [topology, option] = ['single-numa-node', 'align-by-socket']
      throw new Error(`Topolgy manager ${topology} policy is incompatible with CPUManager ${option} policy option`)
    }
    if (this.#topology.sockets > this.#topology.numaNodes) {
      const more = 'number of sockets are more than number of NUMA'
      throw new Error(`Align by socket is not compatible with hardware where ${more}`)
    }
  }

  #tryToTake(count: number): CpuSet {
    try {
      return this.#take(this.#topology.details.cpus(), count)
    } catch {
      return none
    }
  }

  #restore(state: CpuManagerState | undefined, usable: CpuSet): CpuSet {
    if (state === undefined || (state.shared.size === 0 && state.assigned.size === 0)) return usable
    checkState(state, usable, this.reserved, this.#options.has('strict-cpu-reservation'))
    for (const [uid, own] of state.assigned) this.#assigned.set(uid, new Map(own))
    return state.shared
  }

  #wholeCpus(pod: Pod, container: Container): number {
    if (!isGuaranteed(pod)) return 0
    const request = container.resources?.requests?.['cpu']
    if (request === undefined) return 0
    const quantity = Quantity.parse(String(request))
    return quantity.value() * 1000n === quantity.milliValue() ? Number(quantity.value()) : 0
  }

  #available(): CpuSet {
    return difference(this.#shared, this.reserved)
  }

  #reusableOf(uid: string): CpuSet {
    return this.#reusable?.pod === uid ? this.#reusable.cpus : none
  }

  #updateReusable(pod: Pod, container: Container, cpus: CpuSet): void {
    const uid = pod.metadata.uid ?? ''
    const before = this.#reusableOf(uid)
    const initial = pod.spec?.initContainers?.find(({ name }) => name === container.name)
    const ends = initial !== undefined && !isSidecar(initial)
    this.#reusable = { pod: uid, cpus: ends ? union(before, cpus) : difference(before, cpus) }
  }

  #checkWholeCores(count: number): void {
    const { cpusPerCore } = this.#topology
    if (count % cpusPerCore !== 0) throw new SmtAlignmentError(count, cpusPerCore)
    const available = difference(this.#shared, this.#reservedCores).size
    if (count > available) throw new SmtAlignmentError(count, cpusPerCore, available)
  }

  #allocateCpus(count: number, affinity: NumaMask | undefined, uid: string): CpuSet {
    const available = union(this.#available(), this.#reusableOf(uid))
    let taken: CpuSet = none
    if (affinity !== undefined) {
      const aligned = this.#aligned(affinity, available)
      taken = this.#take(aligned, Math.min(count, aligned.size))
    }
    taken = union(taken, this.#take(difference(available, taken), count - taken.size))
    this.#shared = difference(this.#shared, taken)
    return taken
  }

  #aligned(affinity: NumaMask, available: CpuSet): CpuSet {
    const nodes = numaNodesOf(affinity)
    const { details } = this.#topology
    const within = this.#options.has('align-by-socket')
      ? details.within('socket', ...nodes.flatMap((node) => details.parts('socket', 'numa', node)))
      : details.within('numa', ...nodes)
    return new Set([...available].filter((cpu) => within.has(cpu)))
  }

  #take(available: CpuSet, count: number): CpuSet {
    const order = this.#options.has('distribute-cpus-across-cores') ? 'spread' : 'packed'
    if (this.#options.has('distribute-cpus-across-numa')) {
      const group = this.#options.has('full-pcpus-only') ? this.#topology.cpusPerCore : 1
      return takeDistributed(this.#topology, available, count, group, order)
    }
    return takePacked(this.#topology, available, count, order, this.#options.has('prefer-align-cpus-by-uncorecache'))
  }

  #hints(available: CpuSet, reusable: CpuSet, requested: number): ProviderHints {
    const bySocket = this.#options.has('align-by-socket')
    return new Map([['cpu', cpuHints(this.#topology, available, reusable, requested, bySocket)]])
  }
}

const unsatisfiable: ProviderHints = new Map([['cpu', []]])

/** Throws when a state cannot be gone on with; the messages are the kubelet's. */
function checkState(state: CpuManagerState, usable: CpuSet, reserved: CpuSet, strict: boolean): void {
  const quote = (cpus: CpuSet) => `"${formatCpuSet(cpus)}"`
  const { shared } = state
  if (shared.size === 0) throw new Error('default cpuset cannot be empty')
  const both = new Set([...reserved].filter((cpu) => shared.has(cpu)))
  if (strict && both.size > 0) {
    const where = `are present in defaultCpuSet: ${quote(shared)}`
    throw new Error(`some of strictly reserved cpus: ${quote(both)} ${where}`)
  }
  if (!strict && both.size !== reserved.size) {
    throw new Error(`not all reserved cpus: ${quote(reserved)} are present in defaultCpuSet: ${quote(shared)}`)
  }
  let known = shared
  for (const [uid, own] of state.assigned) {
    for (const [container, cpus] of own) {
      if ([...cpus].some((cpu) => shared.has(cpu))) {
        const what = `cpuset: ${quote(cpus)} overlaps with default cpuset ${quote(shared)}`
        throw new Error(`pod: ${uid}, container: ${container} ${what}`)
      }
      known = union(known, cpus)
    }
  }
  if (known.size !== usable.size || difference(known, usable).size > 0) {
    throw new Error(`current set of available CPUs ${quote(usable)} doesn't match with CPUs in state ${quote(known)}`)
  }
}
