export {
  type ContainerRole,
  containerLimits,
  containerRequests,
  hasPodLevelLimits,
  hasPodLevelRequests,
  hasPodLevelResources,
  isPodLevelResource,
  isSidecar,
  type PodResourcesOptions,
  podLimits,
  podRequests,
  resizePending,
} from './resource/pod-resources.ts'
export { type QosClass, qosClass } from './resource/qos.ts'
export {
  addResources,
  formatResources,
  maxResources,
  parseResources,
  type ResourceList,
  type Resources,
} from './resource/resource-list.ts'
export {
  type DeclarableFeature,
  declarableFeatures,
  discoverFeatures,
  featuresToSchedule,
  featuresToUpdate,
  type NodeConfiguration,
} from './scheduling/declared-features.ts'
export {
  lazyNodeSelector,
  type NodeIdentity,
  type NodeMatcher,
  NodeSelectorError,
  nodeSelector,
  preferredNodeAffinity,
  requiredNodeAffinity,
} from './scheduling/node-affinity.ts'
export { checkTaint, type ParsedTaints, parseTaints, TaintError } from './scheduling/parse-taints.ts'
export {
  addOrUpdateTaint,
  deleteTaint,
  deleteTaintsByKey,
  formatTaint,
  taintExists,
  taintSetDiff,
} from './scheduling/taint-set.ts'
export {
  findUntoleratedTaint,
  sameToleration,
  type TolerationOptions,
  toleratesTaint,
  tolerationsTolerateTaint,
} from './scheduling/taints.ts'
