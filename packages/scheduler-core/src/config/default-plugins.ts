import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { EnabledPlugin } from './types.ts'

/** The plugins of a profile that says nothing, in order, with their weights. @see pkg/scheduler/apis/config/v1/default_plugins.go */
export function defaultMultiPoint(gates: FeatureGates): readonly EnabledPlugin[] {
  return [
    { name: 'SchedulingGates' },
    { name: 'PrioritySort' },
    { name: 'NodeUnschedulable' },
    { name: 'NodeName' },
    { name: 'TaintToleration', weight: 3 },
    { name: 'NodeAffinity', weight: 2 },
    { name: 'NodePorts' },
    { name: 'NodeResourcesFit', weight: 1 },
    { name: 'VolumeRestrictions' },
    { name: 'NodeVolumeLimits' },
    { name: 'VolumeBinding' },
    { name: 'VolumeZone' },
    { name: 'PodTopologySpread', weight: 2 },
    { name: 'InterPodAffinity', weight: 2 },
    ...(gates.enabled('DynamicResourceAllocation') ? [{ name: 'DynamicResources', weight: 2 }] : []),
    { name: 'DefaultPreemption' },
    { name: 'NodeResourcesBalancedAllocation', weight: 1 },
    { name: 'ImageLocality', weight: 1 },
    { name: 'DefaultBinder' },
    ...(gates.enabled('NodeDeclaredFeatures') ? [{ name: 'NodeDeclaredFeatures' }] : []),
    ...(gates.enabled('GangScheduling') ? [{ name: 'GangScheduling' }] : []),
  ]
}
