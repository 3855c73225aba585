import type { CpuSet } from './cpu-set.ts'
import type { Machine } from './machine.ts'

/** Where a CPU sits. A core goes by the lowest id of its threads. */
export interface CpuPlace {
  readonly numa: number
  readonly socket: number
  readonly core: number
  readonly uncore: number
}

/** The parts that CPUs belong to. */
export type CpuPart = keyof CpuPlace

/** Some CPUs and where they sit. @see pkg/kubelet/cm/cpumanager/topology/topology.go */
export class CpuDetails {
  readonly #places: ReadonlyMap<number, CpuPlace>

  constructor(places: ReadonlyMap<number, CpuPlace>) {
    this.#places = places
  }

  get size(): number {
    return this.#places.size
  }

  cpus(): CpuSet {
    return new Set(this.#places.keys())
  }

  place(cpu: number): CpuPlace | undefined {
    return this.#places.get(cpu)
  }

  /** Only these CPUs. */
  keep(cpus: CpuSet): CpuDetails {
    return new CpuDetails(new Map([...this.#places].filter(([cpu]) => cpus.has(cpu))))
  }

  /** The ids of a kind of part, ascending; only those that share a CPU with one other part when that is given. */
  parts(part: CpuPart, within?: CpuPart, id?: number): readonly number[] {
    const ids = new Set<number>()
    for (const place of this.#places.values()) if (within === undefined || place[within] === id) ids.add(place[part])
    return [...ids].sort((left, right) => left - right)
  }

  /** The CPUs of these parts. */
  within(part: CpuPart, ...ids: readonly number[]): CpuSet {
    const wanted = new Set(ids)
    return new Set([...this.#places].flatMap(([cpu, place]) => (wanted.has(place[part]) ? [cpu] : [])))
  }
}

/** All CPUs of a machine. */
export interface CpuTopology {
  readonly details: CpuDetails
  readonly sockets: number
  readonly numaNodes: number
  readonly cpusPerCore: number
  readonly cpusPerSocket: number
  readonly cpusPerUncore: number
}

/** Finds out where the CPUs of a machine sit. Throws an Error when there are none, or a core has none or the same twice. */
export function cpuTopology(machine: Machine): CpuTopology {
  const places = new Map<number, CpuPlace>()
  let cores = 0
  for (const node of machine.nodes) {
    for (const { cpus, socket, uncoreCache } of node.cores) {
      if (cpus.length === 0) throw new Error('no cpus provided')
      if (new Set(cpus).size !== cpus.length) throw new Error('cpus provided are not unique')
      cores++
      const core = Math.min(...cpus)
      for (const cpu of cpus) places.set(cpu, { numa: node.id, socket, core, uncore: uncoreCache ?? socket })
    }
  }
  if (places.size === 0) throw new Error('could not detect number of cpus')
  const details = new CpuDetails(places)
  const per = (parts: number) => (parts === 0 ? 0 : Math.floor(places.size / parts))
  return {
    details,
    sockets: machine.sockets,
    numaNodes: details.parts('numa').length,
    cpusPerCore: per(cores),
    cpusPerSocket: per(machine.sockets),
    cpusPerUncore: per(details.parts('uncore').length),
  }
}
