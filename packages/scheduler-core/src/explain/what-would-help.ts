import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { NodeInfo } from '../framework/node-info.ts'
import type { PodInfo } from '../framework/pod-info.ts'
import type { Status } from '../framework/status.ts'
import { relabel } from './labels.ts'
import { freePorts } from './ports.ts'
import { moreResources } from './resources.ts'
import type { Suggestion } from './suggestion.ts'
import { tolerate, uncordon } from './taints.ts'

type Advisor = (pod: PodInfo, node: NodeInfo) => readonly Suggestion[]

const advisors: ReadonlyMap<string, Advisor> = new Map<string, Advisor>([
  ['NodeUnschedulable', uncordon],
  ['TaintToleration', (pod, node) => tolerate(pod, node)],
  ['NodeAffinity', relabel],
  ['NodePorts', freePorts],
  ['NodeResourcesFit', moreResources],
])

/** What people can do about the plugins whose refusals depend on more than the node. */
const general: ReadonlyMap<string, string> = new Map([
  ['InterPodAffinity', 'start, move or relabel pods so that the required pod affinity and anti-affinity hold there'],
  [
    'PodTopologySpread',
    "raise the constraint's maxSkew, use ScheduleAnyway, or give the node's topology its label and fewer matching pods",
  ],
  ['VolumeBinding', 'make the claims bindable there: a free volume with that topology, or a class that provisions'],
  ['VolumeZone', "use a volume of the node's zone"],
  ['VolumeRestrictions', 'stop the pod that uses the same volume'],
  ['NodeVolumeLimits', 'use fewer volumes of that driver on the node'],
  ['NodeDeclaredFeatures', 'use a node whose kubelet declares the features that the pod needs'],
])

/**
 * What would make the plugin that refused a pod on a node let it pass. Whatever else refuses the pod there may still do so.
 *
 * @param status why the node was refused, with the plugin's name
 */
export function whatWouldHelp(pod: PodInfo, node: NodeInfo, status: Status): readonly Suggestion[] {
  const { plugin } = status
  if (plugin === undefined) return []
  const advisor = advisors.get(plugin)
  if (advisor !== undefined) return advisor(pod, node)
  const text = general.get(plugin)
  return text === undefined ? [] : [{ plugin, node: node.name, text: `node ${node.name}: ${text}` }]
}

/** What would let a pod into the queue that its scheduling gates keep out of it. */
export function whatWouldUngate(pod: Pod): readonly Suggestion[] {
  const gates = pod.spec?.schedulingGates ?? []
  if (gates.length === 0 || pod.spec === undefined) return []
  const { schedulingGates: _, ...spec } = pod.spec
  const names = gates.map((gate) => gate.name).join(', ')
  return [
    { plugin: 'SchedulingGates', text: `remove the scheduling gates ${names}`, change: { pod: { ...pod, spec } } },
  ]
}
