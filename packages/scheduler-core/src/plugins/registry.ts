import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { imageLocality } from './image-locality.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import type { Plugin } from './plugin.ts'
import { prioritySort } from './priority-sort.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'
import { unmodelled } from './unmodelled.ts'

/** A plugin of a profile with the weight of its scores. */
export interface WeightedPlugin {
  readonly plugin: Plugin
  readonly weight: number
}

/** The default plugins in upstream's order, with upstream's weights. @see pkg/scheduler/apis/config/v1/default_plugins.go */
export function defaultPlugins(gates: FeatureGates): readonly WeightedPlugin[] {
  const plain = (plugin: Plugin, weight = 1): WeightedPlugin => ({ plugin, weight })
  return [
    plain(schedulingGates),
    plain(prioritySort),
    plain(nodeUnschedulable),
    plain(nodeName),
    plain(taintToleration(gates), 3),
    plain(nodeAffinity, 2),
    plain(nodePorts),
    plain(nodeResourcesFit()),
    ...unmodelled.map((plugin) => plain(plugin)),
    plain(nodeResourcesBalancedAllocation()),
    plain(imageLocality),
  ]
}
