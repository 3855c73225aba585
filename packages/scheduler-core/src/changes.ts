import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { type ClusterEvent, clusterEvent, type EventAction } from './framework/events.ts'
import { newPodInfo } from './framework/pod-info.ts'

/** What changed about a node, as far as it matters to the scheduler. Nothing when only a heartbeat came. @see pkg/scheduler/framework/events.go */
export function nodeEvents(before: Node, after: Node, declaredFeatures: boolean): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (before.spec?.unschedulable === true && after.spec?.unschedulable !== true)
    events.push(clusterEvent('Node', 'UpdateNodeTaint'))
  if (!deepEqual(before.status?.allocatable ?? {}, after.status?.allocatable ?? {}))
    events.push(clusterEvent('Node', 'UpdateNodeAllocatable'))
  if (!deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {}))
    events.push(clusterEvent('Node', 'UpdateNodeLabel'))
  if (!deepEqual(before.spec?.taints ?? [], after.spec?.taints ?? []))
    events.push(clusterEvent('Node', 'UpdateNodeTaint'))
  if (!deepEqual(conditionStatuses(before), conditionStatuses(after)))
    events.push(clusterEvent('Node', 'UpdateNodeCondition'))
  if (!deepEqual(before.metadata.annotations ?? {}, after.metadata.annotations ?? {}))
    events.push(clusterEvent('Node', 'UpdateNodeAnnotation'))
  if (declaredFeatures && !deepEqual(before.status?.declaredFeatures ?? [], after.status?.declaredFeatures ?? []))
    events.push(clusterEvent('Node', 'UpdateNodeDeclaredFeature'))
  return events
}

/** What changed about a pod; a plain Update when nothing that has a name of its own did. */
export function podEvents(before: Pod, after: Pod): readonly ClusterEvent[] {
  const resource = after.spec?.nodeName ? 'AssignedPod' : 'UnschedulablePod'
  const actions: EventAction[] = []
  if (!deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) actions.push('UpdatePodLabel')
  if (scaledDown(before, after)) actions.push('UpdatePodScaleDown')
  if ((before.spec?.schedulingGates ?? []).length > 0 && (after.spec?.schedulingGates ?? []).length === 0) {
    actions.push('UpdatePodSchedulingGatesEliminated')
  }
  if ((before.spec?.tolerations ?? []).length !== (after.spec?.tolerations ?? []).length) {
    actions.push('UpdatePodToleration')
  }
  if (!deepEqual(claimsOf(before), claimsOf(after))) actions.push('UpdatePodGeneratedResourceClaim')
  return (actions.length > 0 ? actions : (['Update'] as const)).map((action) => clusterEvent(resource, action))
}

function claimsOf({ status }: Pod): unknown {
  return [status?.resourceClaimStatuses ?? [], status?.extendedResourceClaimStatus ?? null]
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
