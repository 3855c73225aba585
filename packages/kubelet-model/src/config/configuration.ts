import type { JsonValue } from '@kube-bonsai/apimachinery'

/** A KubeletConfiguration of kubelet.config.k8s.io/v1beta1 after defaulting, as `/configz` shows it. */
export interface KubeletConfiguration {
  readonly [field: string]: JsonValue
}

const fixed: KubeletConfiguration = {
  enableServer: true,
  syncFrequency: '1m0s',
  fileCheckFrequency: '20s',
  httpCheckFrequency: '20s',
  address: '0.0.0.0',
  port: 10250,
  registryPullQPS: 5,
  registryBurst: 10,
  eventRecordQPS: 50,
  eventBurst: 100,
  enableDebuggingHandlers: true,
  healthzPort: 10248,
  healthzBindAddress: '127.0.0.1',
  oomScoreAdj: -999,
  streamingConnectionIdleTimeout: '4h0m0s',
  nodeLeaseDurationSeconds: 40,
  imageMinimumGCAge: '2m0s',
  imageMaximumGCAge: '0s',
  imageGCHighThresholdPercent: 85,
  imageGCLowThresholdPercent: 80,
  volumeStatsAggPeriod: '1m0s',
  cgroupsPerQOS: true,
  cgroupDriver: 'cgroupfs',
  cpuManagerPolicy: 'none',
  cpuManagerReconcilePeriod: '10s',
  memoryManagerPolicy: 'None',
  topologyManagerPolicy: 'none',
  topologyManagerScope: 'container',
  runtimeRequestTimeout: '2m0s',
  hairpinMode: 'promiscuous-bridge',
  maxPods: 110,
  podPidsLimit: -1,
  resolvConf: '/etc/resolv.conf',
  cpuCFSQuota: true,
  cpuCFSQuotaPeriod: '100ms',
  nodeStatusMaxImages: 50,
  maxOpenFiles: 1_000_000,
  contentType: 'application/vnd.kubernetes.protobuf',
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
  evictionPressureTransitionPeriod: '5m0s',
  mergeDefaultEvictionSettings: false,
  enableControllerAttachDetach: true,
  makeIPTablesUtilChains: true,
  iptablesMasqueradeBit: 14,
  iptablesDropBit: 15,
  failSwapOn: true,
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  containerLogMaxWorkers: 1,
  containerLogMonitorInterval: '10s',
  configMapAndSecretChangeDetectionStrategy: 'Watch',
  enforceNodeAllocatable: ['pods'],
  enableSystemLogHandler: true,
  enableProfilingHandler: true,
  enableDebugFlagsHandler: true,
  seccompDefault: false,
  failCgroupV1: true,
  memoryThrottlingFactor: 0.9,
  registerNode: true,
  localStorageCapacityIsolation: true,
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  podLogsDir: '/var/log/pods',
  imagePullCredentialsVerificationPolicy: 'NeverVerifyPreloadedImages',
}

const defaultEviction: Readonly<Record<string, string>> = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
}

/** Fields whose zero value stands for their default; elsewhere a zero is a value. */
const zeroIsUnset = new Set(
  [
    'port registryBurst eventBurst nodeLeaseDurationSeconds maxPods maxOpenFiles kubeAPIBurst'.split(' '),
    'syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout imageMinimumGCAge'.split(' '),
    'volumeStatsAggPeriod cpuManagerReconcilePeriod runtimeRequestTimeout evictionPressureTransitionPeriod'.split(' '),
    'nodeStatusUpdateFrequency nodeStatusReportFrequency'.split(' '),
  ].flat(),
)

const isUnset = (field: string, value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (zeroIsUnset.has(field) && (value === 0 || /^0(h0m0s|m0s|s|ms)?$/.test(String(value))))

/** Fills in what was left out. */
export function defaultConfiguration(given: KubeletConfiguration = {}): KubeletConfiguration {
  const has = (field: string) => Object.hasOwn(given, field) && !isUnset(field, given[field])
  const set = Object.fromEntries(Object.entries(given).filter(([field, value]) => !isUnset(field, value)))
  const status = has('nodeStatusUpdateFrequency') ? given['nodeStatusUpdateFrequency'] : undefined
  const pulls = given['maxParallelImagePulls']
  return {
    ...fixed,
    nodeStatusUpdateFrequency: status ?? '10s',
    nodeStatusReportFrequency: status ?? '5m0s',
    serializeImagePulls: !(typeof pulls === 'number' && pulls >= 2),
    evictionHard: defaultEviction,
    ...set,
    crashLoopBackOff: { maxContainerRestartPeriod: '5m0s', ...record(given['crashLoopBackOff']) },
    ...(given['mergeDefaultEvictionSettings'] === true && {
      evictionHard: { ...defaultEviction, ...record(given['evictionHard']) },
    }),
  }
}

/** A map of the configuration; empty where there is none. */
export function record(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])),
  )
}
