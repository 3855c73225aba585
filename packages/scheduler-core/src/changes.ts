import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { type ClusterEvent, clusterEvent } from './framework/events.ts'
import { newPodInfo } from './framework/pod-info.ts'

/** What changed about a node, as far as it matters to the scheduler. Nothing when only a heartbeat came. @see pkg/scheduler/framework/events.go */
export function nodeEvents(before: Node, after: Node): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  const uncordoned = before.spec?.unschedulable === true && after.spec?.unschedulable !== true
  if (!deepEqual(before.status?.allocatable, after.status?.allocatable))
    events.push(clusterEvent('Node', 'UpdateNodeAllocatable'))
  if (!deepEqual(before.metadata.labels, after.metadata.labels)) events.push(clusterEvent('Node', 'UpdateNodeLabel'))
  if (uncordoned || !deepEqual(before.spec?.taints, after.spec?.taints))
    events.push(clusterEvent('Node', 'UpdateNodeTaint'))
  if (!deepEqual(conditionStatuses(before), conditionStatuses(after)))
    events.push(clusterEvent('Node', 'UpdateNodeCondition'))
  if (!deepEqual(before.metadata.annotations, after.metadata.annotations))
    events.push(clusterEvent('Node', 'UpdateNodeAnnotation'))
  return events
}

/** What changed about a pod; a plain Update when nothing that has a name of its own did. */
export function podEvents(before: Pod, after: Pod): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (!deepEqual(before.metadata.labels, after.metadata.labels)) events.push(clusterEvent('Pod', 'UpdatePodLabel'))
  if (scaledDown(before, after)) events.push(clusterEvent('Pod', 'UpdatePodScaleDown'))
  if ((before.spec?.schedulingGates ?? []).length > 0 && (after.spec?.schedulingGates ?? []).length === 0) {
    events.push(clusterEvent('Pod', 'UpdatePodSchedulingGatesEliminated'))
  }
  if ((before.spec?.tolerations ?? []).length !== (after.spec?.tolerations ?? []).length) {
    events.push(clusterEvent('Pod', 'UpdatePodToleration'))
  }
  return events.length > 0 ? events : [clusterEvent('Pod', 'Update')]
}

function conditionStatuses(node: Node): Readonly<Record<string, string>> {
  return Object.fromEntries((node.status?.conditions ?? []).map((condition) => [condition.type, condition.status]))
}

function scaledDown(before: Pod, after: Pod): boolean {
  if (before.spec === after.spec && before.status === after.status) return false
  const [was, is] = [newPodInfo(before).requests, newPodInfo(after).requests]
  return (
    was.milliCPU > is.milliCPU ||
    was.memory > is.memory ||
    was.ephemeralStorage > is.ephemeralStorage ||
    [...was.scalars].some(([name, amount]) => amount > (is.scalars.get(name) ?? 0))
  )
}
