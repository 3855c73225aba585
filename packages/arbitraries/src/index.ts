export { arbitraryHistory, type HistoryOptions } from './history/arbitrary-history.ts'
export { type ApiOperation, requestOf, type Target, targetOf } from './history/operation.ts'
export { arbitraryContainer, arbitraryContainers, arbitraryResources } from './kinds/containers.ts'
export {
  arbitraryConfigMap,
  arbitraryNamespace,
  arbitraryNode,
  arbitrarySecret,
  arbitraryService,
} from './kinds/core.ts'
export { arbitraryPod, arbitraryPodSpec, arbitraryPodTemplate, type PodSpecOptions } from './kinds/pod.ts'
export { arbitraryObject, validArbitraries } from './kinds/valid.ts'
export { arbitraryDaemonSet, arbitraryDeployment, arbitraryJob, arbitraryStatefulSet } from './kinds/workloads.ts'
export { arbitraryFor, type SchemaShapedOptions } from './schema/arbitrary-for.ts'
export { arbitraryMetadata, type IdentityOptions } from './values/metadata.ts'
export { arbitraryAnnotations, arbitraryLabels, arbitraryName } from './values/names.ts'
export { arbitraryCpu, arbitraryMemory, arbitraryQuantity } from './values/quantities.ts'
export { arbitraryMicroTime, arbitraryTime } from './values/times.ts'
export { arbitraryHostile, arbitraryHostileValue } from './variants/hostile.ts'
export { arbitraryNearlyValid, type NearlyValid } from './variants/nearly-valid.ts'
