import { SchedulerConfigError } from '../config/config-error.ts'
import { defaultConfiguration } from '../config/default-configuration.ts'
import { parseConfiguration } from '../config/parse-configuration.ts'
import type { SchedulerConfiguration } from '../config/types.ts'
import type { PreparedSnapshot } from './snapshot.ts'
import { SnapshotError } from './snapshot-error.ts'

/**
 * The configuration of a snapshot, and the share of nodes to look at: all of them unless the configuration says otherwise.
 * Throws SnapshotError.
 */
export function readConfiguration({ config, gates }: PreparedSnapshot): {
  readonly configuration: SchedulerConfiguration
  readonly percentage: number
} {
  if (config === undefined || config === null) return { configuration: defaultConfiguration(gates), percentage: 100 }
  try {
    const configuration = parseConfiguration(config, gates)
    const given = typeof config === 'object' && Object.hasOwn(config, 'percentageOfNodesToScore')
    return { configuration, percentage: given ? configuration.percentageOfNodesToScore : 100 }
  } catch (error) {
    if (!(error instanceof SchedulerConfigError)) throw error
    throw new SnapshotError(`config: ${error.message}`, { field: 'config' })
  }
}
