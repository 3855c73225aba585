import type { Node, Taint } from '@kube-bonsai/api-types/core/v1'

/** Which taint each state of a condition puts on a node. @see pkg/controller/nodelifecycle/node_lifecycle_controller.go nodeConditionToTaintKeyStatusMap */
const byCondition: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'node.kubernetes.io/not-ready', Unknown: 'node.kubernetes.io/unreachable' },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}
const unschedulable = 'node.kubernetes.io/unschedulable'
const managed: ReadonlySet<string> = new Set([...Object.values(byCondition).flatMap(Object.values), unschedulable])

/** The taints that a node should have: NoSchedule ones as its conditions say, all others as they are. The same list when nothing changes. */
export function wantedTaints(node: Node): readonly Taint[] {
  const present = node.spec?.taints ?? []
  // A node that has not reported yet keeps what admission gave it.
  if (!(node.status?.conditions ?? []).some((condition) => condition.type === 'Ready')) return present
  const keys = (node.status?.conditions ?? []).flatMap(({ type, status }) => byCondition[type]?.[status] ?? [])
  if (node.spec?.unschedulable === true) keys.push(unschedulable)
  const isManaged = ({ key, effect }: Taint) => effect === 'NoSchedule' && managed.has(key)
  const missing = keys.filter((key) => !present.some((taint) => isManaged(taint) && taint.key === key))
  const stale = present.some((taint) => isManaged(taint) && !keys.includes(taint.key))
  if (missing.length === 0 && !stale) return present
  const kept = present.filter((taint) => !isManaged(taint) || keys.includes(taint.key))
  return [...kept, ...missing.map((key): Taint => ({ key, effect: 'NoSchedule' }))]
}
