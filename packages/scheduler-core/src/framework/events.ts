import type { PodInfo } from './pod-info.ts'

/** What a change of the cluster was about. `*` stands for everything. */
export type EventResource =
  | '*'
  | 'Pod'
  /** Pods with a node, and without one: for what happens, never for what plugins register for. */
  | 'AssignedPod'
  | 'UnschedulablePod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'DeviceClass'
  | 'Workload'

/** What happened to it. */
export type EventAction =
  | 'Add'
  | 'Delete'
  | 'Update'
  | 'UpdateNodeAllocatable'
  | 'UpdateNodeLabel'
  | 'UpdateNodeTaint'
  | 'UpdateNodeCondition'
  | 'UpdateNodeAnnotation'
  | 'UpdateNodeDeclaredFeature'
  | 'UpdatePodLabel'
  | 'UpdatePodScaleDown'
  | 'UpdatePodToleration'
  | 'UpdatePodSchedulingGatesEliminated'
  | 'UpdatePodGeneratedResourceClaim'

/** A change of the cluster, as the queue hears of it. */
export interface ClusterEvent {
  readonly resource: EventResource
  readonly action: EventAction | '*'
  /** How logs and metrics name it: `NodeAdd`, `UnschedulableTimeout`. */
  readonly label: string
}

/** Whether a change makes it worth trying a rejected pod again. */
export type QueueingHint = 'Queue' | 'Skip'

/** A plugin's interest in changes, with its judgement of one. Without a function every such change counts. */
export interface EventRegistration {
  readonly resource: EventResource
  readonly actions: readonly EventAction[]
  /** `pod` is the waiting one; a hint that throws counts as Queue. */
  readonly hint?: (pod: PodInfo, before: unknown, after: unknown) => QueueingHint
}

/** Somebody asked for a pod to be tried at once. Concerns that pod alone. */
export const forceActivate: ClusterEvent = { resource: '*', action: '*', label: 'ForceActivate' }

/** A pod has waited too long for something to happen. */
export const unschedulableTimeout: ClusterEvent = { resource: '*', action: '*', label: 'UnschedulableTimeout' }

/** An event of one kind of change. */
export function clusterEvent(resource: EventResource, action: EventAction): ClusterEvent {
  return { resource, action, label: `${resource}${action}` }
}

/** True when a plugin that registered so wants to hear of the event. */
export function concerns(registration: EventRegistration, event: ClusterEvent): boolean {
  if (event.resource === '*' || registration.resource === '*') return true
  if (registration.resource !== podsAsOne(event.resource)) return false
  if (event.action === '*') return true
  const { actions } = registration
  return actions.includes(event.action) || (event.action.startsWith('Update') && actions.includes('Update'))
}

function podsAsOne(resource: EventResource): EventResource {
  return resource === 'AssignedPod' || resource === 'UnschedulablePod' ? 'Pod' : resource
}
