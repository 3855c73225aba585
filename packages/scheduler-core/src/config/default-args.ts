import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { PluginArgs, ResourceSpec } from './plugin-args.ts'

const cpuAndMemory: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

/** The arguments of each plugin that takes any, where a configuration says nothing. @see pkg/scheduler/apis/config/v1/defaults.go */
export function defaultPluginArgs(gates: FeatureGates): PluginArgs {
  const bindingConditions = gates.enabled('DRADeviceBindingConditions') && gates.enabled('DRAResourceClaimDeviceStatus')
  return {
    DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
    DynamicResources: {
      ...(gates.enabled('DRASchedulerFilterTimeout') && { filterTimeout: 10_000 }),
      ...(bindingConditions && { bindingTimeout: 600_000 }),
    },
    InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
    NodeAffinity: {},
    NodeResourcesBalancedAllocation: { resources: cpuAndMemory },
    NodeResourcesFit: {
      ignoredResources: [],
      ignoredResourceGroups: [],
      scoringStrategy: { type: 'LeastAllocated', resources: cpuAndMemory },
    },
    PodTopologySpread: { defaultConstraints: [], defaultingType: 'System' },
    VolumeBinding: {
      bindTimeoutSeconds: 600,
      ...(gates.enabled('StorageCapacityScoring') && {
        shape: [
          { utilization: 0, score: 10 },
          { utilization: 100, score: 0 },
        ],
      }),
    },
  }
}
