import { Quantity } from '@kube-bonsai/quantity'

/** What can be used up on a node. */
export const fillable = ['memory', 'disk', 'inodes', 'pids'] as const

/** One of them. */
export type Fillable = (typeof fillable)[number]

/** What is used up outside of pods from now on: quantities such as `15Gi`, or numbers. What is left out stays as it was. */
export interface NodeFill {
  /** Bytes; the kubelet reports MemoryPressure when too little is left. */
  readonly memory?: string | number
  /** Bytes of the node's disk (DiskPressure). */
  readonly disk?: string | number
  /** Files and directories on it (DiskPressure). */
  readonly inodes?: string | number
  /** Processes (PIDPressure). */
  readonly pids?: string | number
}

/** The same in numbers. */
export type Filled = Readonly<Partial<Record<Fillable, number>>>

/** Reads amounts. Throws a QuantityParseError for what is none. */
export function filledWith(fill: NodeFill): Filled {
  const amounts = fillable.flatMap((name) => {
    const given = fill[name]
    if (given === undefined) return []
    return [[name, typeof given === 'number' ? given : Number(Quantity.parse(given).value())]]
  })
  return Object.fromEntries(amounts)
}
