export { SchedulerCache } from './cache/scheduler-cache.ts'
export { fitErrorMessage } from './fit-error.ts'
export { CycleState, type StateKey } from './framework/cycle-state.ts'
export {
  type ClusterEvent,
  clusterEvent,
  type EventAction,
  type EventRegistration,
  type EventResource,
  type QueueingHint,
} from './framework/events.ts'
export { Framework, type PluginScores, type PreFilterOutcome } from './framework/framework.ts'
export type {
  NodeScore,
  NodeStatuses,
  Plugin,
  PostFilterResult,
  PreFilterResult,
  QueueOrder,
  Snapshot,
} from './framework/interfaces.ts'
export { type NodeInfo, newNodeInfo, withNode, withoutPod, withPod } from './framework/node-info.ts'
export { defaultNormalize, maxNodeScore } from './framework/normalize.ts'
export { newPodInfo, type PodInfo, podKey } from './framework/pod-info.ts'
export type { ResourceVector } from './framework/resource.ts'
export {
  type Code,
  failure,
  isRejected,
  type Outcome,
  type Status,
  skip,
  unresolvable,
  unschedulable,
} from './framework/status.ts'
export { defaultPlugins, type WeightedPlugin } from './plugins/registry.ts'
export { type BackoffOptions, defaultBackoff } from './queue/backoff.ts'
export type { QueuedPod } from './queue/queued-pod.ts'
export {
  type ObservedEvent,
  type QueuePlace,
  SchedulingQueue,
  type SchedulingQueueOptions,
} from './queue/scheduling-queue.ts'
export { type CycleInput, type Decision, type Diagnosis, feasibleNodesToFind, schedulePod } from './schedule-pod.ts'
export { type Profile, Scheduler, type SchedulerOptions, type Step } from './scheduler.ts'
