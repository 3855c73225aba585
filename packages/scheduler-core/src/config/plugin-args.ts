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

/** How many nodes preemption looks at: the share of nodes (0 to 100), at least the absolute number. */
export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}

/** What required affinity of running pods weighs in scores (0 to 100), and whether their preferred terms count. */
export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
}

/** Affinity that every pod of the profile has besides its own. */
export interface NodeAffinityArgs {
  readonly addedAffinity?: NodeAffinity
}

/** Resources that are not looked at, and how nodes are scored by what is left of the others. */
export interface NodeResourcesFitArgs {
  readonly ignoredResources: readonly string[]
  readonly ignoredResourceGroups: readonly string[]
  readonly scoringStrategy: {
    readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
    readonly resources: readonly ResourceSpec[]
    readonly requestedToCapacityRatio?: { readonly shape: readonly UtilizationShapePoint[] }
  }
}

/** The resources that should be used in the same proportion; every weight is 1. */
export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceSpec[]
}

/** Constraints of pods that have none: upstream's own (`System`) or those listed (`List`). */
export interface PodTopologySpreadArgs {
  readonly defaultConstraints: readonly TopologySpreadConstraint[]
  readonly defaultingType: 'System' | 'List'
}

/** How long a binding may take, in seconds, and how capacity is scored. */
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
