// What the controllers decide, without the controllers: pure functions for tests, tools and comparisons.
export type { Deployment, ReplicaSet } from './api/apps.ts'
export type { Pod } from './api/pod.ts'
export { surgeCount, unavailableCount } from './daemonset/limits.ts'
export { isSaturated } from './deployment/annotations.ts'
export { isComplete } from './deployment/conditions.ts'
export {
  actualReplicas,
  availableReplicas,
  readyReplicas,
  terminatingReplicas,
  totalSize,
} from './deployment/counts.ts'
export { type Fenceposts, maxSurge, maxUnavailable, minAvailable, resolveFenceposts } from './deployment/limits.ts'
export { findNewReplicaSet, lastRevision, maxRevision } from './deployment/revision.ts'
export { findActiveOrLatest, newRSNewReplicas, replicaSetProportion } from './deployment/scaling.ts'
export { reconcileHints, type SliceChanges } from './endpointslice/hints.ts'
export type { EndpointSlice, EndpointSliceDraft } from './endpointslice/types.ts'
export { formatIndexes, parseIndexes } from './job/indexes.ts'
export { failedIndexes, succeededIndexes } from './job/job-pods.ts'
export { matchFailurePolicy, matchSuccessPolicy } from './job/policies.ts'
export type { Job } from './job/types.ts'
