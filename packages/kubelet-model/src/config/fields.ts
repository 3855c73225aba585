/** What a field holds. */
export type FieldKind = 'string' | 'integer' | 'number' | 'boolean' | 'duration' | 'list' | 'map' | 'object'

const names: Readonly<Record<FieldKind, string>> = {
  string:
    'staticPodPath podLogsDir staticPodURL address tlsCertFile tlsPrivateKeyFile tlsMinVersion ' +
    'imagePullCredentialsVerificationPolicy healthzBindAddress clusterDomain kubeletCgroups systemCgroups cgroupRoot ' +
    'cgroupDriver cpuManagerPolicy memoryManagerPolicy topologyManagerPolicy topologyManagerScope hairpinMode podCIDR ' +
    'resolvConf contentType containerLogMaxSize configMapAndSecretChangeDetectionStrategy reservedSystemCPUs ' +
    'showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup volumePluginDir providerID ' +
    'containerRuntimeEndpoint imageServiceEndpoint apiVersion kind',
  integer:
    'port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj ' +
    'nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods podPidsLimit ' +
    'nodeStatusMaxImages maxOpenFiles kubeAPIQPS kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod ' +
    'podsPerCore iptablesMasqueradeBit iptablesDropBit containerLogMaxFiles containerLogMaxWorkers',
  number: 'memoryThrottlingFactor',
  boolean:
    'enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers enableContentionProfiling cgroupsPerQOS ' +
    'singleProcessOOMKill runOnce cpuCFSQuota serializeImagePulls mergeDefaultEvictionSettings ' +
    'enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains failSwapOn kernelMemcgNotification ' +
    'enableSystemLogHandler enableSystemLogQuery enableProfilingHandler enableDebugFlagsHandler seccompDefault ' +
    'registerNode localStorageCapacityIsolation failCgroupV1',
  duration:
    'syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency ' +
    'nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod ' +
    'runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod containerLogMonitorInterval ' +
    'shutdownGracePeriod shutdownGracePeriodCriticalPods',
  list:
    'tlsCipherSuites preloadedImagesVerificationAllowlist clusterDNS enforceNodeAllocatable allowedUnsafeSysctls ' +
    'shutdownGracePeriodByPodPriority reservedMemory registerWithTaints',
  map:
    'staticPodURLHeader cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard evictionSoft ' +
    'evictionSoftGracePeriod evictionMinimumReclaim featureGates systemReserved kubeReserved',
  object: 'authentication authorization memorySwap logging crashLoopBackOff tracing userNamespaces',
}

const kinds: readonly FieldKind[] = ['string', 'integer', 'number', 'boolean', 'duration', 'list', 'map', 'object']

/**
 * The top-level fields of a KubeletConfiguration of kubelet.config.k8s.io/v1beta1.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export const configFields: ReadonlyMap<string, FieldKind> = new Map(
  kinds.flatMap((kind) => names[kind].split(' ').map((name): [string, FieldKind] => [name, kind])),
)
