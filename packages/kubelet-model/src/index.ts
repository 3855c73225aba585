export { IpPool, podRange } from './node/ip-pool.ts'
export { ContainerNotFoundError, Kubelet, type KubeletOptions } from './node/kubelet.ts'
export type { KubeletApi } from './node/kubelet-api.ts'
export { type NodeShape, nodeObject, nodeStatus } from './node/node-object.ts'
export { type PodPlan, type Probed, planPod } from './pod/containers.ts'
export { CrashBackoff, type CrashBackoffOptions } from './pod/crash-backoff.ts'
export { type MissingVolume, missingVolumes } from './pod/missing-volumes.ts'
export { ContainerConfigError, type NodeObjects, type PodFacts, resolveEnv } from './pod/resolve-env.ts'
export { programLookup, readyMade } from './programs/registry.ts'
export { shell } from './programs/shell.ts'
export { staysUp } from './programs/stays-up.ts'
export type {
  ContainerConfig,
  ContainerRecord,
  ContainerRuntime,
  LogLine,
  LogOptions,
  ProbeResult,
  PullResult,
} from './runtime/container-runtime.ts'
export {
  type ExecRequest,
  type Process,
  type ProcessContext,
  ProcessInput,
  ProcessStartError,
} from './runtime/process.ts'
export type { Program, ProgramContext, ProgramLookup } from './runtime/program.ts'
export { SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime/simulated-runtime.ts'
export { type PodView, podPhase, podStatus } from './status/pod-status.ts'
