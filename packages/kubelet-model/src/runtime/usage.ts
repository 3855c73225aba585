import { Quantity } from '@kube-bonsai/quantity'
import type { ContainerConfig } from './container-runtime.ts'

/** What a process uses at the moment. */
export interface Usage {
  /** In cores: 0.25 is a quarter of one. */
  readonly cpu: number
  /** In bytes. */
  readonly memory: number
}

/** What one container of a pod uses. */
export interface ContainerUsage extends Usage {
  readonly name: string
}

/** Adds a report to what was known. Throws a RangeError for amounts that no process can use. */
export function usageAfter(known: Usage, report: Partial<Usage>): Usage {
  const next = { ...known, ...report }
  for (const amount of [next.cpu, next.memory]) {
    if (!Number.isFinite(amount) || amount < 0) throw new RangeError(`a program cannot use ${amount} of a resource`)
  }
  return next
}

/** True when a container uses more memory than it may: the kernel ends it. */
export function exceedsMemory(usage: Usage, resources: ContainerConfig['resources']): boolean {
  const limit = resources?.limits?.['memory']
  return limit !== undefined && BigInt(Math.trunc(usage.memory)) > Quantity.parse(String(limit)).value()
}
