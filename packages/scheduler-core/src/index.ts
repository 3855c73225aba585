export { ObjectStore } from './cache/object-store.ts'
export { SchedulerCache } from './cache/scheduler-cache.ts'
export { SchedulerConfigError } from './config/config-error.ts'
export { defaultPluginArgs } from './config/default-args.ts'
export { defaultConfiguration, defaultProfile, multiPointOnly } from './config/default-configuration.ts'
export { defaultMultiPoint } from './config/default-plugins.ts'
export { parseConfiguration } from './config/parse-configuration.ts'
export type {
  DefaultPreemptionArgs,
  DynamicResourcesArgs,
  InterPodAffinityArgs,
  NodeAffinityArgs,
  NodeResourcesBalancedAllocationArgs,
  NodeResourcesFitArgs,
  PluginArgs,
  PodTopologySpreadArgs,
  ResourceSpec,
  UtilizationShapePoint,
  VolumeBindingArgs,
} from './config/plugin-args.ts'
export type {
  EnabledPlugin,
  PluginConfig,
  PluginSet,
  Plugins,
  ProfileConfig,
  SchedulerConfiguration,
} from './config/types.ts'
export { decide, decideAndExplain, type ExplainedDecisions } from './decide/decide.ts'
export type { CandidateReport, Decisions, PodDecision, StatusReport } from './decide/decisions.ts'
export { decideGates } from './decide/gates.ts'
export { prepareSnapshot, snapshotKinds } from './decide/prepare.ts'
export type { DecideOptions, PreparedSnapshot, SnapshotInput } from './decide/snapshot.ts'
export { SnapshotError } from './decide/snapshot-error.ts'
export { type Explanation, explainPod } from './explain/explain-pod.ts'
export type { SuggestedChange, Suggestion } from './explain/suggestion.ts'
export { whatWouldHelp, whatWouldUngate } from './explain/what-would-help.ts'
export { fitErrorMessage } from './fit-error.ts'
export { type Cloneable, CycleState, type StateKey } from './framework/cycle-state.ts'
export {
  type ClusterEvent,
  clusterEvent,
  type EventAction,
  type EventRegistration,
  type EventResource,
  type QueueingHint,
} from './framework/events.ts'
export {
  type ExtensionPoint,
  extensionPoints,
  type PluginsByPoint,
  pluginsByPoint,
} from './framework/extension-points.ts'
export { Framework, type FrameworkOptions, type PluginScores, type PreFilterOutcome } from './framework/framework.ts'
export type { Handle, Nominations, PluginFactory, SchedulerApi, WaitingPod } from './framework/handle.ts'
export type {
  PermitResult,
  Plugin,
  PostFilterResult,
  PreemptionCandidate,
  PreemptionTrace,
  PreFilterExtensions,
  PreFilterResult,
  QueueOrder,
  SignResult,
  Snapshot,
} from './framework/interfaces.ts'
export { type NodeInfo, newNodeInfo, withNode, withoutPod, withPod } from './framework/node-info.ts'
export { NodeStatuses } from './framework/node-statuses.ts'
export { defaultNormalize, maxNodeScore } from './framework/normalize.ts'
export type { Lister, Listers, WatchedKind, WatchedObjects } from './framework/objects.ts'
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
export { WaitingPods } from './framework/waiting-pods.ts'
export type { PodGroup, PodGroups } from './gangs/pod-groups.ts'
export { type MetricLabels, type MetricSample, SchedulerMetrics } from './metrics.ts'
export { type InTreeArgs, type InTreePlugin, inTreeRegistry } from './plugins/registry.ts'
export { type BackoffOptions, defaultBackoff } from './queue/backoff.ts'
export type { QueuedPod } from './queue/queued-pod.ts'
export {
  type ObservedEvent,
  type QueuePlace,
  SchedulingQueue,
  type SchedulingQueueOptions,
} from './queue/scheduling-queue.ts'
export { lexicalTieBreak, NodeRanking, type TieBreak, upstreamTieBreak } from './ranking.ts'
export {
  type CycleInput,
  type CycleTrace,
  type Decision,
  type Diagnosis,
  feasibleNodesToFind,
  schedulePod,
} from './schedule-pod.ts'
export { type BindStep, type FailedStep, Scheduler, type SchedulerOptions, type Step } from './scheduler.ts'
