import type { DaemonSet, DaemonSetStatus } from '../api/apps.ts'
import type { Node } from '../api/core.ts'
import { byCreation } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isPodAvailable, isPodReady } from '../pods/state.ts'
import { eligibility, nodeOf } from './eligibility.ts'
import { surgeCount, unavailableCount } from './limits.ts'

/** The label that names a daemon pod's revision. */
export const revisionLabel = 'controller-revision-hash'

/** What a plan is made of. */
export interface DaemonView {
  readonly set: DaemonSet
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  /** The hash of the set's template. */
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Nodes that get a pod, and pods that go. */
export interface DaemonPlan {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  /** Pods that go because they have ended; a failed one is replaced after a wait. */
  readonly ended: readonly Pod[]
}

/** The pods of a set by the node that they run on or are meant for. */
export function podsByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const found = new Map<string, Pod[]>()
  for (const pod of [...pods].sort(byCreation)) {
    const node = nodeOf(pod) ?? ''
    const list = found.get(node)
    if (list === undefined) found.set(node, [pod])
    else list.push(pod)
  }
  return found
}

const isUpdated = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[revisionLabel] === hash
const isLive = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined

function surgeOf({ spec }: DaemonSet, desired: number): number {
  if (spec.updateStrategy?.type !== 'RollingUpdate') return 0
  return surgeCount(spec.updateStrategy.rollingUpdate?.maxSurge, desired)
}

/** Decides which nodes need a pod and which pods are too many, whatever their template. */
export function planDaemonSet(view: DaemonView): DaemonPlan {
  const { set, nodes, pods } = view
  const byNode = podsByNode(pods)
  const surge = surgeOf(set, nodes.length) > 0
  const create: string[] = []
  const remove: Pod[] = []
  const ended: Pod[] = []
  for (const node of nodes) {
    const { shouldRun, mayStay } = eligibility(set, node)
    const here = byNode.get(node.metadata.name) ?? []
    if (shouldRun && here.length === 0) create.push(node.metadata.name)
    else if (!mayStay) remove.push(...here.filter(isLive))
    else {
      const over = here.filter(
        (pod) => isLive(pod) && (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'),
      )
      ended.push(...over)
      const running = here.filter((pod) => isLive(pod) && !over.includes(pod))
      remove.push(...surplus(view, running, surge))
    }
  }
  const known = new Set(nodes.map(({ metadata }) => metadata.name))
  // A pod that waits for a node that is gone would wait for ever.
  remove.push(...pods.filter((pod) => isLive(pod) && (pod.spec.nodeName ?? '') === '' && !known.has(nodeOf(pod) ?? '')))
  return { create, remove, ended }
}

/** All but the oldest pod of a node; with a surge, all but the oldest old and the oldest new one. */
function surplus({ set, hash, now }: DaemonView, running: readonly Pod[], surge: boolean): readonly Pod[] {
  if (running.length <= 1) return []
  if (!surge) return running.slice(1)
  const [old, ...oldRest] = running.filter((pod) => !isUpdated(pod, hash))
  const [fresh, ...freshRest] = running.filter((pod) => isUpdated(pod, hash))
  const done =
    old !== undefined &&
    fresh !== undefined &&
    (!isPodReady(old) || isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, now))
  return [...oldRest, ...freshRest, ...(done && old !== undefined ? [old] : [])]
}

/** Decides which pods a rolling update takes down now, and beside which it puts new ones. */
export function planRollingUpdate(view: DaemonView): Pick<DaemonPlan, 'create' | 'remove'> {
  const { set, nodes, pods, hash, now } = view
  if (set.spec.updateStrategy?.type !== 'RollingUpdate') return { create: [], remove: [] }
  const byNode = podsByNode(pods)
  const eligible = nodes.filter((node) => eligibility(set, node).shouldRun)
  const desired = eligible.length
  const { maxUnavailable = 1 } = set.spec.updateStrategy.rollingUpdate ?? {}
  const surge = surgeOf(set, desired)
  const unavailableLimit = surge > 0 ? 0 : Math.max(1, unavailableCount(maxUnavailable, desired))
  const available = (pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)
  const free: Pod[] = []
  const candidates: Pod[] = []
  let busy = 0
  for (const { metadata } of eligible) {
    const here = (byNode.get(metadata.name) ?? []).filter(isLive)
    const fresh = here.find((pod) => isUpdated(pod, hash))
    const old = here.find((pod) => !isUpdated(pod, hash))
    if (surge > 0) {
      if (fresh !== undefined && old !== undefined && !available(fresh)) busy++
      if (old === undefined || fresh !== undefined) continue
      ;(available(old) ? candidates : free).push(old)
    } else if (old === undefined || fresh !== undefined) {
      if (fresh === undefined || old !== undefined || !available(fresh)) busy++
    } else if (available(old)) candidates.push(old)
    else {
      free.push(old)
      busy++
    }
  }
  const chosen = [...free, ...candidates.slice(0, Math.max(0, (surge > 0 ? surge : unavailableLimit) - busy))]
  if (surge === 0) return { create: [], remove: chosen }
  return { create: chosen.map((pod) => nodeOf(pod)).filter((name) => name !== undefined), remove: [] }
}

/** The status that a DaemonSet should have. */
export function daemonSetStatus({ set, nodes, pods, hash, now }: DaemonView, observed: boolean): DaemonSetStatus {
  const byNode = podsByNode(pods)
  let desired = 0
  let current = 0
  let misscheduled = 0
  let ready = 0
  let availableCount = 0
  let updated = 0
  for (const node of nodes) {
    const [pod] = byNode.get(node.metadata.name) ?? []
    if (!eligibility(set, node).shouldRun) {
      if (pod !== undefined) misscheduled++
      continue
    }
    desired++
    if (pod === undefined) continue
    current++
    if (isPodReady(pod)) ready++
    if (isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)) availableCount++
    if (isUpdated(pod, hash)) updated++
  }
  return {
    ...set.status,
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    updatedNumberScheduled: updated,
    numberAvailable: availableCount,
    numberUnavailable: desired - availableCount,
    ...(observed ? { observedGeneration: set.metadata.generation ?? 0 } : {}),
  }
}
