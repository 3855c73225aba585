import type { Machine } from './machine.ts'

/** Memory of one kind on one NUMA node, in bytes. */
export interface MemoryTable {
  readonly allocatable: bigint
  reserved: bigint
  free: bigint
}

/** What is pinned to a NUMA node. */
export interface NumaMemory {
  assignments: number
  /** The nodes that this one is grouped with: alone, or all nodes of an allocation that spans several. */
  cells: readonly number[]
  readonly tables: ReadonlyMap<string, MemoryTable>
}

/** Memory of a container: of a kind, on these nodes together. */
export interface MemoryBlock {
  readonly numa: readonly number[]
  readonly type: string
  size: bigint
}

/** The memory of a machine, less what is reserved on each of its nodes. */
export function machineMemory(
  machine: Machine,
  reserved: ReadonlyMap<number, ReadonlyMap<string, bigint>>,
): ReadonlyMap<number, NumaMemory> {
  return new Map(
    machine.nodes.map(({ id, memory }) => {
      const allocatable = memory - (reserved.get(id)?.get('memory') ?? 0n)
      const tables = new Map([['memory', { allocatable, reserved: 0n, free: allocatable }]])
      return [id, { assignments: 0, cells: [id], tables }]
    }),
  )
}

/** The smaller of two amounts. */
export function least(left: bigint, right: bigint): bigint {
  if (left < right) return left
  return right
}

/** Takes memory from the nodes in order, as much as each has. */
export function pin(nodes: ReadonlyMap<number, NumaMemory>, numa: readonly number[], type: string, size: bigint): void {
  let rest = size
  for (const id of numa) {
    const node = nodes.get(id)
    if (node === undefined) continue
    node.assignments++
    node.cells = numa
    const table = node.tables.get(type)
    if (table === undefined || rest === 0n || table.free <= 0n) continue
    const taken = least(table.free, rest)
    table.reserved += taken
    table.free -= taken
    rest -= taken
  }
}

/** Gives a block back. */
export function unpin(nodes: ReadonlyMap<number, NumaMemory>, { numa, type, size }: MemoryBlock): void {
  let rest = size
  for (const id of numa) {
    const node = nodes.get(id)
    if (node === undefined) continue
    node.assignments--
    if (node.assignments === 0) node.cells = [id]
    const table = node.tables.get(type)
    if (table === undefined || rest === 0n || table.reserved === 0n) continue
    const given = least(table.reserved, rest)
    table.free += given
    table.reserved -= given
    rest -= given
  }
}
