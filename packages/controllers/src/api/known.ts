import type {
  ControllerRevisionDraft,
  DaemonSetDraft,
  DeploymentDraft,
  PersistentVolumeClaimDraft,
  ReplicaSetDraft,
  ReplicationControllerDraft,
  StatefulSetDraft,
} from './apps.ts'
import type { PodDraft } from './pod.ts'
import { namespaced, type ResourceRef } from './resources.ts'

// The resources of the workload controllers; others live beside the controller that uses them.

export const pods: ResourceRef<PodDraft> = namespaced('', 'v1', 'pods', 'Pod')
export const claims: ResourceRef<PersistentVolumeClaimDraft> = namespaced(
  '',
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
)
export const deployments: ResourceRef<DeploymentDraft> = namespaced('apps', 'v1', 'deployments', 'Deployment')
export const replicaSets: ResourceRef<ReplicaSetDraft> = namespaced('apps', 'v1', 'replicasets', 'ReplicaSet')
export const replicationControllers: ResourceRef<ReplicationControllerDraft> = namespaced(
  '',
  'v1',
  'replicationcontrollers',
  'ReplicationController',
)
export const statefulSets: ResourceRef<StatefulSetDraft> = namespaced('apps', 'v1', 'statefulsets', 'StatefulSet')
export const daemonSets: ResourceRef<DaemonSetDraft> = namespaced('apps', 'v1', 'daemonsets', 'DaemonSet')
export const controllerRevisions: ResourceRef<ControllerRevisionDraft> = namespaced(
  'apps',
  'v1',
  'controllerrevisions',
  'ControllerRevision',
)
