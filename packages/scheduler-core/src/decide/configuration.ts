import { defaultConfiguration } from '../config/default-configuration.ts'
import type { SchedulerConfiguration } from '../config/types.ts'
import type { PreparedSnapshot } from './snapshot.ts'
import { SnapshotError } from './snapshot-error.ts'

/** The configuration of a snapshot, and the share of nodes to look at: all of them unless the configuration says otherwise. */
export function readConfiguration({ config, gates }: PreparedSnapshot): {
  readonly configuration: SchedulerConfiguration
  readonly percentage: number
} {
  if (config === undefined || config === null) return { configuration: defaultConfiguration(gates), percentage: 100 }
  throw new SnapshotError('config: unsupported', { field: 'config' })
}
