import type { Signal } from './thresholds.ts'

/** What a signal tells to be short. */
export type Resource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'

/** Which of a node's conditions says so. */
export type Pressure = 'memory' | 'disk' | 'pid'

/** What is short when a signal is. */
export function resourceOf(signal: Signal): Resource {
  if (signal === 'memory.available' || signal === 'allocatableMemory.available') return 'memory'
  if (signal === 'pid.available') return 'pids'
  return signal.endsWith('.inodesFree') ? 'inodes' : 'ephemeral-storage'
}

/** The condition that a signal sets. */
export function pressureOf(signal: Signal): Pressure {
  const resource = resourceOf(signal)
  if (resource === 'memory') return 'memory'
  return resource === 'pids' ? 'pid' : 'disk'
}

/** The names of conditions, in the order in which they are told. */
export const conditionNames: Readonly<Record<Pressure, string>> = {
  memory: 'MemoryPressure',
  disk: 'DiskPressure',
  pid: 'PIDPressure',
}
