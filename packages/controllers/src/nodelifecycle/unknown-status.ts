import type { Node, NodeCondition } from '@kube-bonsai/api-types/core/v1'
import { timeText } from '../api/meta.ts'

const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** The Ready condition of a node; undefined while nobody has reported one. */
export function readyOf(node: Node): NodeCondition | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')
}

/**
 * A node that nobody has heard of for too long: what its kubelet had reported is not known any more. The network's
 * condition stays, because it is the control plane's own. `now` in milliseconds since the epoch.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth
 */
export function withUnknownStatus(node: Node, now: number): Node {
  const lastTransitionTime = timeText(now)
  const conditions = (node.status?.conditions ?? []).map((condition): NodeCondition => {
    if (!reported.includes(condition.type) || condition.status === 'Unknown') return condition
    const why = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
    return { ...condition, status: 'Unknown', lastTransitionTime, ...why }
  })
  const missing = reported.filter((type) => !conditions.some((condition) => condition.type === type))
  const never = missing.map(
    (type): NodeCondition => ({
      type,
      status: 'Unknown',
      ...(node.metadata.creationTimestamp && { lastHeartbeatTime: node.metadata.creationTimestamp }),
      lastTransitionTime,
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
    }),
  )
  return { ...node, status: { ...node.status, conditions: [...conditions, ...never] } }
}
