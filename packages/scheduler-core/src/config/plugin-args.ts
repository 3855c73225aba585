import type { NodeAffinity, TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'

/** How much one resource counts among others. */
export interface ResourceSpec {
  readonly name: string
  readonly weight: number
}

/** A point of a piecewise linear function; utilization 0 to 100, score 0 to 10. */
export interface UtilizationShapePoint {
  readonly utilization: number
  readonly score: number
}

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
}

export interface NodeAffinityArgs {
  readonly addedAffinity?: NodeAffinity
}

export interface NodeResourcesFitArgs {
  readonly ignoredResources: readonly string[]
  readonly ignoredResourceGroups: readonly string[]
  readonly scoringStrategy: {
    readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
    readonly resources: readonly ResourceSpec[]
    readonly requestedToCapacityRatio?: { readonly shape: readonly UtilizationShapePoint[] }
  }
}

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceSpec[]
}

export interface PodTopologySpreadArgs {
  readonly defaultConstraints: readonly TopologySpreadConstraint[]
  readonly defaultingType: 'System' | 'List'
}

export interface VolumeBindingArgs {
  readonly bindTimeoutSeconds: number
  /** Present with the StorageCapacityScoring gate only. */
  readonly shape?: readonly UtilizationShapePoint[]
}

/** Durations in milliseconds; each present only with the gates it needs. */
export interface DynamicResourcesArgs {
  readonly filterTimeout?: number
  readonly bindingTimeout?: number
}

/** The arguments of upstream's plugins, complete: every default is filled in. */
export interface PluginArgs {
  readonly DefaultPreemption: DefaultPreemptionArgs
  readonly DynamicResources: DynamicResourcesArgs
  readonly InterPodAffinity: InterPodAffinityArgs
  readonly NodeAffinity: NodeAffinityArgs
  readonly NodeResourcesBalancedAllocation: NodeResourcesBalancedAllocationArgs
  readonly NodeResourcesFit: NodeResourcesFitArgs
  readonly PodTopologySpread: PodTopologySpreadArgs
  readonly VolumeBinding: VolumeBindingArgs
}
