import { eachCombination, listed, type SharedList } from './combinations.ts'
import { CpuAccumulator, CpuAllocationError, type CpuOrder, notEnoughCpus, takePacked } from './cpu-accumulator.ts'
import type { CpuSet } from './cpu-set.ts'
import type { CpuTopology } from './cpu-topology.ts'

const round = (value: number): number => Math.round(value * 1000) / 1000

/** How unevenly values are spread, to three digits as upstream compares it. */
function deviation(values: readonly number[]): number {
  const mean = round(values.reduce((sum, value) => sum + value, 0) / values.length)
  return round(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length))
}

interface Choice {
  readonly balance: number
  readonly remainder: SharedList | undefined
}

/** A request as all combinations of nodes are tried against it. */
interface Request {
  readonly count: number
  readonly group: number
  /** Free CPUs by NUMA node. */
  readonly free: ReadonlyMap<number, number>
}

/** What each node of a combination gives when all give alike, in whole groups. */
const share = ({ count, group }: Request, nodes: number): number =>
  Math.floor(Math.floor(count / nodes) / group) * group

/** How well a combination would leave the machine balanced; undefined when it cannot give the CPUs evenly. */
function weigh(request: Request, combination: readonly number[]): Choice | undefined {
  const { count, group, free } = request
  const has = (numa: number) => free.get(numa) ?? 0
  const groups = combination.reduce((sum, numa) => sum + Math.floor(has(numa) / group), 0)
  if (combination.reduce((sum, numa) => sum + has(numa), 0) < count || groups * group < count) return undefined
  const each = share(request, combination.length)
  if (combination.some((numa) => has(numa) < each)) return undefined
  const left = new Map(free)
  for (const numa of combination) left.set(numa, has(numa) - each)
  const remainder = count - each * combination.length
  if (remainder === 0) return { balance: deviation([...left.values()]), remainder: undefined }

  let best: Choice = { balance: Number.MAX_VALUE, remainder: undefined }
  const able = combination.filter((numa) => (left.get(numa) ?? 0) >= group)
  for (let size = able.length; size >= 1; size--) {
    eachCombination(able, size, (subset) => {
      const balance = afterRemainder(left, listed(subset), remainder, group)
      if (balance !== undefined && balance < best.balance) best = { balance, remainder: subset }
      return true
    })
  }
  return best
}

/** The balance once the nodes of a subset have given the rest in turn; undefined when they cannot. */
function afterRemainder(
  left: ReadonlyMap<number, number>,
  subset: readonly number[],
  remainder: number,
  group: number,
): number | undefined {
  const after = new Map(left)
  if (subset.reduce((sum, numa) => sum + (after.get(numa) ?? 0), 0) < remainder) return undefined
  let rest = remainder
  while (rest > 0) {
    const before = rest
    for (const numa of subset) {
      const has = after.get(numa) ?? 0
      if (rest === 0) break
      if (has < group) continue
      after.set(numa, has - group)
      rest -= group
    }
    if (rest === before) return undefined
  }
  return deviation([...after.values()])
}

/** The fewest and the most NUMA nodes that could give the CPUs. */
function nodesNeeded(topology: CpuTopology, free: ReadonlyMap<number, number>, count: number, group: number) {
  const groups = Math.floor((topology.details.size - 1) / group) + 1
  const perNode = Math.floor((groups - 1) / topology.numaNodes) + 1
  const needed = Math.floor((count - 1) / group) + 1
  return { least: Math.floor((needed - 1) / perNode) + 1, most: Math.min(needed, free.size) }
}

/**
 * Takes CPUs evenly from as few NUMA nodes as can give them, in whole groups; where no nodes can, packs them.
 * Throws CpuAllocationError when there are too few.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/2902-cpumanager-distribute-cpus-policy-option
 */
export function takeDistributed(
  topology: CpuTopology,
  available: CpuSet,
  count: number,
  group: number,
  order: CpuOrder,
): CpuSet {
  if (count % group !== 0) return takePacked(topology, available, count, order)
  const accumulator = new CpuAccumulator(topology, available, count, order)
  if (accumulator.satisfied) return accumulator.taken
  if (accumulator.failed) throw notEnoughCpus(count, available.size)
  const numas = accumulator.sortNumaNodes()
  const free = new Map(numas.map((numa) => [numa, accumulator.free.within('numa', numa).size]))
  const request: Request = { count, group, free }
  const { least, most } = nodesNeeded(topology, free, count, group)
  for (let size = least; size <= most; size++) {
    let balance = Number.MAX_VALUE
    let best: { readonly nodes: SharedList; readonly remainder: SharedList | undefined } | undefined
    eachCombination(numas, size, (nodes) => {
      if (balance === 0) return false
      const choice = weigh(request, listed(nodes))
      if (choice !== undefined && choice.balance < balance) {
        balance = choice.balance
        best = { nodes, remainder: choice.remainder }
      }
      return true
    })
    if (best === undefined) continue
    return handOut(topology, accumulator, request, order, listed(best.nodes), best.remainder && listed(best.remainder))
  }
  return takePacked(topology, available, count, order)
}

function handOut(
  topology: CpuTopology,
  accumulator: CpuAccumulator,
  request: Request,
  order: CpuOrder,
  nodes: readonly number[],
  remainder: readonly number[] = [],
): CpuSet {
  const { count, group } = request
  const each = share(request, nodes.length)
  const takeFrom = (numa: number, amount: number) => {
    const from = accumulator.free.within('numa', numa)
    if (from.size >= amount) accumulator.take(takePacked(topology, from, amount, order))
  }
  for (const numa of nodes) takeFrom(numa, each)
  let rest = count - each * nodes.length
  while (rest > 0) {
    const before = rest
    for (const numa of remainder) {
      if (rest === 0) break
      if (accumulator.free.within('numa', numa).size < group) continue
      takeFrom(numa, group)
      rest -= group
    }
    if (rest === before) break
  }
  if (accumulator.needed === 0) return accumulator.taken
  const what = accumulator.needed > 0 ? 'not enough' : 'too many'
  throw new CpuAllocationError(`accounting error, ${what} CPUs allocated, remaining: ${accumulator.needed}`)
}
