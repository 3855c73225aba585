export {
  AllocationManager,
  type AllocationOptions,
  type PendingResize,
  type ResizeOutcome,
  type RetryTrigger,
} from './allocation/allocation-manager.ts'
export { allocatedPods, allocationsOf, readAllocations, writeAllocations } from './allocation/allocation-state.ts'
export { type Amounts, amountsOf, type ContainerResources } from './allocation/pod-amounts.ts'
export { type CgroupDriver, cgroupDriver, type RuntimeConfigAnswer } from './config/cgroup-driver.ts'
export { defaultConfiguration, type KubeletConfiguration } from './config/configuration.ts'
export { type ConfigPlace, type ConfigWarning, KubeletConfigError } from './config/errors.ts'
export { type ConfigurationSources, type LoadedConfiguration, loadConfiguration } from './config/load-configuration.ts'
export { validateConfiguration } from './config/validate.ts'
export { ContainerFiles, type ContainerFilesOptions, type ContainerMount } from './files/container-files.ts'
export { FileError, type FileErrorKind } from './files/file-error.ts'
export type { FileStat, FileSystem } from './files/file-system.ts'
export {
  bytesOf,
  type DirectoryEntry,
  directoryEntry,
  directoryOf,
  type EntryFacts,
  type FileEntry,
  type FileNode,
  fileEntry,
  type LinkEntry,
  linkEntry,
  sizeOf,
  textOf,
} from './files/file-tree.ts'
export {
  type RegistryAnswer,
  type RegistryImage,
  type RegistryLogin,
  type RegistryOptions,
  SimulatedRegistry,
} from './images/registry.ts'
export { type Counter, type Gauge, type Histogram, type Labels, Metrics } from './metrics/metrics.ts'
export type { Admission, AdmitHandler, AdmittedPod } from './node/admission.ts'
export { type CheckpointStore, MemoryCheckpoints } from './node/checkpoints.ts'
export type { Host, HostRuntime, RuntimeFeatures, RuntimeHandler } from './node/host.ts'
export { IpPool, podRange } from './node/ip-pool.ts'
export { ContainerNotFoundError, Kubelet, type KubeletOptions } from './node/kubelet.ts'
export type { IssuedToken, KubeletApi } from './node/kubelet-api.ts'
export {
  allocatableOf,
  type NodeReport,
  type NodeShape,
  nodeObject,
  nodeStatus,
  type Pressures,
} from './node/node-object.ts'
export { type NodeSetup, type SetupOptions, setUpNode } from './node/node-setup.ts'
export { identityRequest } from './node/placement.ts'
export { KubeletStartError } from './node/start-error.ts'
export { ManifestError, type ManifestRules } from './node/static-pods/manifest.ts'
export type { MirrorClient } from './node/static-pods/mirror-pod.ts'
export { type IdMapping, type UserNamespace, UserNamespaceError, UserNamespaces } from './node/user-namespaces.ts'
export { type PodPlan, type Probed, planPod } from './pod/containers.ts'
export { CrashBackoff, type CrashBackoffOptions } from './pod/crash-backoff.ts'
export { type EtcSources, podEtc, visibleHostname } from './pod/pod-etc.ts'
export { ContainerConfigError, expand, type NodeObjects, resolveEnv } from './pod/resolve-env.ts'
export { programLookup, readyMade } from './programs/registry.ts'
export { type ShellImage, shell, shellProgram } from './programs/shell-program.ts'
export { staysUp } from './programs/stays-up.ts'
export { CpuAllocationError } from './resources/cpu-accumulator.ts'
export { type CpuManagerOptions, type CpuManagerState, StaticCpuManager } from './resources/cpu-manager.ts'
export type { CpuOption } from './resources/cpu-options.ts'
export { type CpuSet, CpuSetError, formatCpuSet, parseCpuSet } from './resources/cpu-set.ts'
export { CpuDetails, type CpuPart, type CpuPlace, type CpuTopology, cpuTopology } from './resources/cpu-topology.ts'
export { SmtAlignmentError, TopologyAffinityError } from './resources/errors.ts'
export type { AffinityStore, HintProvider } from './resources/hint-provider.ts'
export type { ProviderHints, TopologyHint } from './resources/hints.ts'
export { type EvenMachine, evenMachine, type Machine, type MachineCore, type MachineNode } from './resources/machine.ts'
export { MemoryAllocationError, type MemoryManagerOptions, StaticMemoryManager } from './resources/memory-manager.ts'
export type { MemoryBlock } from './resources/memory-state.ts'
export { type NumaInfo, type NumaNode, numaInfo } from './resources/numa-info.ts'
export { type NumaMask, NumaNodeError, numaMask, numaNodesOf } from './resources/numa-mask.ts'
export { PolicyOptionError } from './resources/option-values.ts'
export { type AdmitResult, TopologyManager, type TopologyManagerOptions } from './resources/topology-manager.ts'
export { type TopologyOptions, topologyOptions } from './resources/topology-options.ts'
export {
  isTopologyPolicyName,
  type TopologyDecision,
  type TopologyPolicy,
  type TopologyPolicyName,
  topologyPolicy,
} from './resources/topology-policy.ts'
export { allContainersCleanedUp, allContainersCouldRestart, shouldAllContainersRestart } from './restart/restart-all.ts'
export {
  containerShouldRestart,
  isContainerRestartable,
  matchingRestartRule,
  type RestartRule,
  type RuntimeStatus,
  shouldContainerBeRestarted,
} from './restart/restart-rules.ts'
export type { ContainerNetwork } from './runtime/container-network.ts'
export type {
  ContainerConfig,
  ContainerRecord,
  ContainerRuntime,
  LogLine,
  LogOptions,
  ProbeResult,
  PullResult,
  RuntimeImage,
} from './runtime/container-runtime.ts'
export { type RuntimeCall, RuntimeError, type RuntimeFaults } from './runtime/faults.ts'
export { type Identity, type IdentityRequest, type ImageUsers, identityOf } from './runtime/identity.ts'
export {
  ConnectionRefusedError,
  type GrpcHandler,
  type GrpcHealth,
  ListenError,
  type ProgramRequest,
  type ProgramResponse,
  type RequestHandler,
} from './runtime/network.ts'
export {
  type ExecRequest,
  type Process,
  type ProcessContext,
  ProcessInput,
  ProcessStartError,
} from './runtime/processes.ts'
export type { Program, ProgramContext, ProgramLookup } from './runtime/program.ts'
export { SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime/simulated-runtime.ts'
export type { ContainerUsage, Usage } from './runtime/usage.ts'
export { containersReadyCondition, initializedCondition, podReadyCondition } from './status/conditions.ts'
export { hasSidecars, isCriticalPod, isMirrorPod, isStaticPod, runtimeUid } from './status/pod-kind.ts'
export { type PodView, podPhase, podStatus } from './status/pod-status.ts'
export { type AdoptedMounts, adoptedMounts } from './volumes/adopted-mounts.ts'
export { forgetVolume } from './volumes/claims/persistent-volume.ts'
export { SharedStorage } from './volumes/claims/shared-storage.ts'
export {
  type CsiDrivers,
  CsiError,
  type CsiNodeDriver,
  type NodePublishRequest,
  type NodeStageRequest,
  type NodeUnpublishRequest,
  type NodeUnstageRequest,
} from './volumes/csi/csi-driver.ts'
export { SimulatedCsiDriver, type SimulatedCsiDriverOptions } from './volumes/csi/simulated-csi-driver.ts'
export { MountError, type MountErrorPlace, type MountStep } from './volumes/mount-error.ts'
export type { MountedVolume, VolumePlugin, VolumeRequest } from './volumes/mounted-volume.ts'
export { NodeDisk } from './volumes/node-disk.ts'
export { type VolumeSources, volumePlugins } from './volumes/volume-plugins.ts'
