import { Quantity } from '@kube-bonsai/quantity'
import type { ContainerConfig } from './container-runtime.ts'

/** What a process uses at the moment. */
export interface Usage {
  /** In cores: 0.25 is a quarter of one. */
  readonly cpu: number
  /** In bytes. */
  readonly memory: number
  /** Bytes of the node's disk beside the files that it writes: logs, caches; 0 by default. It stays when the container has ended. */
  readonly disk?: number
  /** Files and directories on the node's disk beside those that it writes; 0 by default. */
  readonly inodes?: number
  /** Processes; 1 by default. */
  readonly pids?: number
  /** Bytes in volumes beside the files that are written there, by the volume's name. */
  readonly volumes?: Readonly<Record<string, number>>
}

/** What one container of a pod uses. */
export interface ContainerUsage extends Usage {
  readonly name: string
}

/** Room that something takes on a disk. */
export interface DiskUse {
  readonly bytes: number
  /** Files and directories. */
  readonly inodes: number
}

/** Adds a report to what was known. Throws a RangeError for amounts that no process can use. */
export function usageAfter(known: Usage, report: Partial<Usage>): Usage {
  const next = { ...known, ...report }
  const { cpu, memory, disk = 0, inodes = 0, pids = 1, volumes = {} } = next
  for (const amount of [cpu, memory, disk, inodes, pids, ...Object.values(volumes)]) {
    if (!Number.isFinite(amount) || amount < 0) throw new RangeError(`a program cannot use ${amount} of a resource`)
  }
  return next
}

/** True when a container uses more memory than it may: the kernel ends it. */
export function exceedsMemory(usage: Usage, resources: ContainerConfig['resources']): boolean {
  const limit = resources?.limits?.['memory']
  return limit !== undefined && BigInt(Math.trunc(usage.memory)) > Quantity.parse(String(limit)).value()
}
