import { type CpuSet, difference, sortedCpus, union } from './cpu-set.ts'
import type { CpuDetails, CpuPart, CpuTopology } from './cpu-topology.ts'

/** Fill cores one by one, or take CPUs in the order of their ids and so from as many cores as there are. */
export type CpuOrder = 'packed' | 'spread'

/** CPUs cannot be had as asked for; the message is the kubelet's. */
export class CpuAllocationError extends Error {
  override readonly name = 'CpuAllocationError'
}

/** The refusal when fewer CPUs are free than asked for. */
export function notEnoughCpus(requested: number, available: number): CpuAllocationError {
  const counts = `requested=${requested}, available=${available}`
  return new CpuAllocationError(`not enough cpus available to satisfy request: ${counts}`)
}

/**
 * Collects a number of CPUs from those that are free. The larger of NUMA node and socket counts as the outer part; parts
 * with fewer free CPUs go first, so that whole ones stay whole.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/cpumanager/cpu_assignment.go
 */
export class CpuAccumulator {
  readonly #topology: CpuTopology
  readonly #order: CpuOrder
  readonly #outer: 'numa' | 'socket'
  readonly #inner: 'numa' | 'socket'
  #free: CpuDetails
  #needed: number
  #taken: CpuSet = new Set()

  constructor(topology: CpuTopology, available: CpuSet, needed: number, order: CpuOrder) {
    this.#topology = topology
    this.#order = order
    this.#free = topology.details.keep(available)
    this.#needed = needed
    const numaOutside = topology.sockets >= topology.numaNodes
    this.#outer = numaOutside ? 'numa' : 'socket'
    this.#inner = numaOutside ? 'socket' : 'numa'
  }

  get taken(): CpuSet {
    return this.#taken
  }

  get needed(): number {
    return this.#needed
  }

  get free(): CpuDetails {
    return this.#free
  }

  get satisfied(): boolean {
    return this.#needed < 1
  }

  /** True when more CPUs are needed than there are. */
  get failed(): boolean {
    return this.#needed > this.#free.size
  }

  take(cpus: CpuSet): void {
    this.#taken = union(this.#taken, cpus)
    this.#free = this.#free.keep(difference(this.#free.cpus(), this.#taken))
    this.#needed -= cpus.size
  }

  takeWholeOuter(): void {
    this.#takeWhole(this.#outer, this.#sortOuter())
  }

  takeWholeInner(): void {
    this.#takeWhole(this.#inner, this.#sortInner())
  }

  takeWholeCores(): void {
    this.#takeWhole('core', this.#sortCores())
  }

  /** Whole caches first, then as much as is needed from one cache. */
  takeUncoreCaches(): void {
    for (const uncore of this.#sortUncores()) {
      if (this.#needed >= this.#topology.cpusPerUncore) this.#takeWhole('uncore', this.#sortUncores())
      if (this.satisfied) return
      this.#takePartOfUncore(uncore)
      if (this.satisfied) return
    }
  }

  takeRemaining(): void {
    for (const cpu of this.#sortCpus()) {
      this.take(new Set([cpu]))
      if (this.satisfied) return
    }
  }

  /** NUMA nodes with free CPUs, the fullest first. */
  sortNumaNodes(): readonly number[] {
    return this.#outer === 'numa' ? this.#sortOuter() : this.#sortInner()
  }

  #takeWhole(part: CpuPart, ids: readonly number[]): void {
    const whole = ids.filter((id) => this.#free.within(part, id).size === this.#size(part, id))
    for (const id of whole) {
      const cpus = this.#topology.details.within(part, id)
      if (this.#needed >= cpus.size) this.take(cpus)
    }
  }

  #size(part: CpuPart, id: number): number {
    if (part === 'socket') return this.#topology.cpusPerSocket
    if (part === 'core') return this.#topology.cpusPerCore
    return this.#topology.details.within(part, id).size
  }

  #takePartOfUncore(uncore: number): void {
    const { cpusPerCore } = this.#topology
    const cores = this.#free.parts('core', 'uncore', uncore).slice(0, Math.ceil(this.#needed / cpusPerCore))
    let cpus = sortedCpus(this.#free.within('core', ...cores))
    // An odd number of CPUs leaves one thread of the last core behind.
    if (this.#needed % 2 !== 0 && cpusPerCore > 1 && cpus.length > this.#needed) cpus = cpus.slice(0, -1)
    if (cpus.length === this.#needed) this.take(new Set(cpus))
  }

  #byFree(part: CpuPart, ids: readonly number[]): readonly number[] {
    const free = new Map(ids.map((id) => [id, this.#free.within(part, id).size]))
    return [...ids].sort((left, right) => (free.get(left) ?? 0) - (free.get(right) ?? 0) || left - right)
  }

  #sortOuter(): readonly number[] {
    return this.#byFree(this.#outer, this.#free.parts(this.#outer))
  }

  #sortInner(): readonly number[] {
    return this.#sortOuter().flatMap((id) => this.#byFree(this.#inner, this.#free.parts(this.#inner, this.#outer, id)))
  }

  #sortCores(): readonly number[] {
    return this.#sortInner().flatMap((id) => this.#byFree('core', this.#free.parts('core', this.#inner, id)))
  }

  #sortUncores(): readonly number[] {
    return this.sortNumaNodes().flatMap((id) => this.#byFree('uncore', this.#free.parts('uncore', 'numa', id)))
  }

  #sortCpus(): readonly number[] {
    if (this.#order === 'packed')
      return this.#sortCores().flatMap((core) => sortedCpus(this.#free.within('core', core)))
    const sockets = this.#outer === 'socket' ? this.#sortOuter() : this.#sortInner()
    return sockets.flatMap((socket) => sortedCpus(this.#free.within('socket', socket)))
  }
}

/**
 * Takes CPUs from as few parts of the machine as it can: whole NUMA nodes and sockets, whole caches where they matter, whole
 * cores, then single CPUs. Throws CpuAllocationError when there are too few.
 */
export function takePacked(
  topology: CpuTopology,
  available: CpuSet,
  count: number,
  order: CpuOrder,
  alignUncore: boolean = false,
): CpuSet {
  const accumulator = new CpuAccumulator(topology, available, count, order)
  if (accumulator.satisfied) return accumulator.taken
  if (accumulator.failed) throw notEnoughCpus(count, available.size)
  const steps = [
    () => accumulator.takeWholeOuter(),
    () => accumulator.takeWholeInner(),
    ...(alignUncore ? [() => accumulator.takeUncoreCaches()] : []),
    ...(order === 'packed' ? [() => accumulator.takeWholeCores()] : []),
    () => accumulator.takeRemaining(),
  ]
  for (const step of steps) {
    step()
    if (accumulator.satisfied) return accumulator.taken
  }
  throw new CpuAllocationError('failed to allocate cpus')
}
