import { scheme } from '@kube-bonsai/api-types'
import { admissionregistrationRooms } from './admissionregistration/rooms.ts'
import { customResourceDefinitionRoom } from './apiextensions/strategy.ts'
import { apiregistrationRooms } from './apiregistration/rooms.ts'
import { storageVersionRoom } from './apiserverinternal/strategy.ts'
import { appsRooms } from './apps/strategy.ts'
import { autoscalingRooms } from './autoscaling/rooms.ts'
import { cronJobRoom } from './batch/cron-job/strategy.ts'
import { jobRoom } from './batch/job/strategy.ts'
import { certificatesRooms } from './certificates/rooms.ts'
import { leaseCandidateRoom } from './coordination/lease-candidate.ts'
import { leaseRoom } from './coordination/strategy.ts'
import { configMapRoom } from './core/config-map/strategy.ts'
import { endpointsRoom } from './core/endpoints/strategy.ts'
import { coreEventRoom, eventsRoom } from './core/event/strategy.ts'
import { limitRangeRoom } from './core/limit-range/strategy.ts'
import { namespaceRoom } from './core/namespace/strategy.ts'
import { nodeRoom } from './core/node/strategy.ts'
import { persistentVolumeRoom } from './core/persistent-volume/strategy.ts'
import { persistentVolumeClaimRoom } from './core/persistent-volume-claim/strategy.ts'
import { podRoom } from './core/pod/strategy.ts'
import { podTemplateRoom, replicationControllerRoom } from './core/replication-controller/strategy.ts'
import { resourceQuotaRoom } from './core/resource-quota/strategy.ts'
import { secretRoom } from './core/secret/strategy.ts'
import { serviceRoom } from './core/service/strategy.ts'
import { serviceAccountRoom } from './core/service-account.ts'
import { discoveryRooms } from './discovery/rooms.ts'
import { flowcontrolRooms } from './flowcontrol/rooms.ts'
import { buildStrategy } from './generic/build-strategy.ts'
import { networkingRooms } from './networking/rooms.ts'
import { runtimeClassRoom } from './node/strategy.ts'
import { podDisruptionBudgetRoom } from './policy/strategy.ts'
import { rbacRooms } from './rbac/strategy.ts'
import { resourceRooms } from './resource/strategy.ts'
import type { Room } from './room.ts'
import { priorityClassRoom } from './scheduling/strategy.ts'
import { workloadRoom } from './scheduling/workload.ts'
import { storageRooms } from './storage/rooms.ts'
import { storageVersionMigrationRoom } from './storagemigration/strategy.ts'
import type { Strategy } from './strategy.ts'
import { tables } from './tables.ts'

/** The kinds that have rules of their own. A new kind is a folder and a line here. */
const rooms: readonly Room[] = [
  customResourceDefinitionRoom,
  podRoom,
  namespaceRoom,
  nodeRoom,
  endpointsRoom,
  limitRangeRoom,
  resourceQuotaRoom,
  coreEventRoom,
  eventsRoom,
  jobRoom,
  cronJobRoom,
  ...appsRooms,
  configMapRoom,
  secretRoom,
  serviceAccountRoom,
  serviceRoom,
  replicationControllerRoom,
  podTemplateRoom,
  persistentVolumeRoom,
  persistentVolumeClaimRoom,
  ...rbacRooms,
  ...resourceRooms,
  runtimeClassRoom,
  storageVersionMigrationRoom,
  storageVersionRoom,
  ...storageRooms,
  priorityClassRoom,
  ...certificatesRooms,
  leaseRoom,
  leaseCandidateRoom,
  workloadRoom,
  podDisruptionBudgetRoom,
  ...networkingRooms,
  ...admissionregistrationRooms,
  ...autoscalingRooms,
  ...apiregistrationRooms,
  ...discoveryRooms,
  ...flowcontrolRooms,
]

const key = (group: string, kind: string): string => `${kind}.${group}`
const roomByKind: ReadonlyMap<string, Room> = new Map(rooms.map((room) => [key(room.group, room.kind), room]))

/** The strategies of all built-in kinds by `kind.group`; made at once, since they are only tables and functions. */
export const strategies: ReadonlyMap<string, Strategy> = buildStrategies()

/**
 * The rules of a built-in kind, the same for every version of it; undefined for a kind that v1.35 does not have.
 *
 * @param group empty for the core group
 */
export function strategyFor(group: string, kind: string): Strategy | undefined {
  return strategies.get(key(group, kind))
}

function buildStrategies(): ReadonlyMap<string, Strategy> {
  const result = new Map<string, Strategy>()
  for (const { group, versions } of scheme.groups) {
    for (const version of versions) {
      for (const info of scheme.resources) {
        if (info.group !== group || info.version !== version) continue
        const name = key(group, info.kind)
        if (!result.has(name)) result.set(name, buildStrategy(info, roomByKind.get(name), tables[name]))
      }
    }
  }
  return result
}
