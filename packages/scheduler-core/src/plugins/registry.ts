import type { PluginArgs } from '../config/plugin-args.ts'
import { nodeDeclaredFeatures } from '../declared-features/node-declared-features.ts'
import { defaultBinder } from '../default-binder.ts'
import { dynamicResources } from '../dynamic-resources.ts'
import type { PluginFactory } from '../framework/handle.ts'
import { gangScheduling } from '../gangs/gang-scheduling.ts'
import { defaultPreemption } from '../preemption/default-preemption.ts'
import { imageLocality } from './image-locality.ts'
import { interPodAffinity } from './inter-pod-affinity/inter-pod-affinity.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { podTopologySpread } from './pod-topology-spread/pod-topology-spread.ts'
import { prioritySort } from './priority-sort.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'
import { nodeVolumeLimits } from './volumes/node-volume-limits.ts'
import { volumeBinding } from './volumes/volume-binding.ts'
import { volumeRestrictions } from './volumes/volume-restrictions.ts'
import { volumeZone } from './volumes/volume-zone.ts'

/** Every plugin of upstream with the type of its arguments. */
export interface InTreeArgs extends PluginArgs {
  readonly SchedulingGates: undefined
  readonly PrioritySort: undefined
  readonly NodeUnschedulable: undefined
  readonly NodeName: undefined
  readonly TaintToleration: undefined
  readonly NodePorts: undefined
  readonly VolumeRestrictions: undefined
  readonly NodeVolumeLimits: undefined
  readonly VolumeZone: undefined
  readonly ImageLocality: undefined
  readonly DefaultBinder: undefined
  readonly NodeDeclaredFeatures: undefined
  readonly GangScheduling: undefined
}

/** The name of one of upstream's plugins. */
export type InTreePlugin = keyof InTreeArgs

/** How each of upstream's plugins is made. */
export type InTreeRegistry = { readonly [Name in InTreePlugin]: PluginFactory<InTreeArgs[Name]> }

/** Upstream's plugins. @see pkg/scheduler/framework/plugins/registry.go */
export const inTreeRegistry: InTreeRegistry = {
  SchedulingGates: () => schedulingGates,
  PrioritySort: () => prioritySort,
  NodeUnschedulable: () => nodeUnschedulable,
  NodeName: () => nodeName,
  TaintToleration: (_args, { gates }) => taintToleration(gates),
  NodeAffinity: (args) => nodeAffinity(args),
  NodePorts: () => nodePorts,
  NodeResourcesFit: (args) => nodeResourcesFit(args),
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: volumeBinding,
  VolumeZone: volumeZone,
  PodTopologySpread: podTopologySpread,
  InterPodAffinity: interPodAffinity,
  DynamicResources: dynamicResources,
  DefaultPreemption: defaultPreemption,
  NodeDeclaredFeatures: nodeDeclaredFeatures,
  GangScheduling: gangScheduling,
  NodeResourcesBalancedAllocation: ({ resources }) => nodeResourcesBalancedAllocation(resources),
  ImageLocality: imageLocality,
  DefaultBinder: defaultBinder,
}
