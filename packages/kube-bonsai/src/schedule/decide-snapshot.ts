import {
  type Decisions,
  decide,
  decideGates,
  type PreparedSnapshot,
  prepareSnapshot,
} from '@kube-bonsai/scheduler-core'
import { readObjects } from './read-objects.ts'
import { readSnapshotFile } from './snapshot-file.ts'

/** How a snapshot is read. */
export interface SnapshotReadOptions {
  /** Unknown fields of objects are dropped, not refused. */
  readonly lenient?: boolean
}

/**
 * Reads a snapshot (`{config?, featureGates?, options?, objects}`, parsed) with everything filled in that an API server or a
 * controller would have. Throws SnapshotError.
 */
export async function readSnapshot(value: unknown, options: SnapshotReadOptions = {}): Promise<PreparedSnapshot> {
  const file = readSnapshotFile(value)
  const values = file.objects.map((entry, index) => ({ value: entry, where: `objects[${index}]` }))
  const objects = await readObjects(values, { ...options, gates: decideGates(file.featureGates) })
  return prepareSnapshot({ ...file, objects })
}

/**
 * Decides about every pending pod of a snapshot as kube-scheduler v1.35.4 does, and says why. Throws SnapshotError.
 *
 * @param snapshot parsed JSON: `{config?, featureGates?, options?, objects}`
 */
/**
 * Decides about every pending pod of a snapshot as kube-scheduler v1.35.4 does, and says why. Throws SnapshotError.
 *
 * @param snapshot parsed JSON: `{config?, featureGates?, options?, objects}`
 */
export async function decideSnapshot(snapshot: unknown, options: SnapshotReadOptions = {}): Promise<Decisions> {
  return decide(await readSnapshot(snapshot, options))
}
