import type { NumaNode } from './numa-info.ts'

/** A physical core: its hardware threads are the CPUs. */
export interface MachineCore {
  readonly socket: number
  /** The cache that it shares with neighbours; the socket stands in for it when it is not known. */
  readonly uncoreCache?: number
  readonly cpus: readonly number[]
}

/** A NUMA node with what belongs to it. */
export interface MachineNode extends NumaNode {
  /** In bytes. */
  readonly memory: bigint
  readonly cores: readonly MachineCore[]
}

/** The hardware of a node as far as resources can be pinned to it. */
export interface Machine {
  readonly sockets: number
  readonly nodes: readonly MachineNode[]
}

/** A machine all of whose NUMA nodes are alike. */
export interface EvenMachine {
  readonly sockets: number
  readonly numaPerSocket: number
  readonly coresPerNuma: number
  readonly threadsPerCore: number
  /** How many groups of cores in a NUMA node share a cache; 1 by default. */
  readonly uncorePerNuma?: number
  /** In bytes; none by default. */
  readonly memoryPerNuma?: bigint
  /** Second threads are numbered after all first ones, as most machines do it. */
  readonly interleaved?: boolean
}

/** Builds a machine of equal NUMA nodes: distance 10 to itself, 12 within a socket, 32 to others. */
export function evenMachine(shape: EvenMachine): Machine {
  const { sockets, numaPerSocket, coresPerNuma, threadsPerCore, memoryPerNuma = 0n, interleaved = false } = shape
  const caches = Math.max(1, shape.uncorePerNuma ?? 1)
  const perCache = Math.ceil(coresPerNuma / caches)
  const ids = Array.from({ length: sockets * numaPerSocket }, (_, id) => id)
  const cores = ids.length * coresPerNuma
  const socketOf = (node: number) => Math.floor(node / numaPerSocket)
  const nodes = ids.map(
    (id): MachineNode => ({
      id,
      memory: memoryPerNuma,
      distances: ids.map((other) => (other === id ? 10 : socketOf(other) === socketOf(id) ? 12 : 32)),
      cores: Array.from({ length: coresPerNuma }, (_, index) => {
        const core = id * coresPerNuma + index
        return {
          socket: socketOf(id),
          uncoreCache: id * caches + Math.floor(index / perCache),
          cpus: Array.from({ length: threadsPerCore }, (_, thread) =>
            interleaved ? core + thread * cores : core * threadsPerCore + thread,
          ),
        }
      }),
    }),
  )
  return { sockets, nodes }
}
