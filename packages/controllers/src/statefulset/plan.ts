import type { StatefulSet } from '../api/apps.ts'
import type { Pod } from '../api/pod.ts'
import { isPodAvailable, isPodReady, isPodTerminal } from '../pods/state.ts'
import { scaledValue } from '../values/int-or-string.ts'
import { inRange, ordinalOf, repairedIdentity, revisionOf, startOrdinal } from './identity.ts'

/** One thing to do. */
export type StatefulAction =
  | { readonly type: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  | { readonly type: 'delete'; readonly pod: Pod }
  /** Makes sure that the pod has its labels and its claims their owners. */
  | { readonly type: 'repair'; readonly pod: Pod }

/** What a plan is made of. */
export interface StatefulView {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  readonly currentRevision: string
  readonly updateRevision: string
  /** Whether rollingUpdate.maxUnavailable counts (gate MaxUnavailableStatefulSet). */
  readonly maxUnavailableEnabled: boolean
  /** Says that a claim of that ordinal still belongs to an earlier pod, which a new one must wait for. */
  claimIsStale(ordinal: number): boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What to do now, and whether a pod was taken down to be updated. */
export interface StatefulPlan {
  readonly actions: readonly StatefulAction[]
  readonly updating: number
}

/**
 * Decides what a StatefulSet does next: at most one creation or deletion when it goes in order, all at once otherwise.
 *
 * @see pkg/controller/statefulset/stateful_set_control.go
 */
export function planStatefulSet(view: StatefulView): StatefulPlan {
  const { set, pods, now } = view
  const monotonic = set.spec.podManagementPolicy !== 'Parallel'
  const minReady = set.spec.minReadySeconds ?? 0
  const start = startOrdinal(set)
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]))
  const replicas = Array.from({ length: set.spec.replicas ?? 1 }, (_, index) => byOrdinal.get(start + index))
  const condemned = pods
    .filter((pod) => ordinalOf(pod) >= 0 && !inRange(set, ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a))
  const unavailable = (pod: Pod | undefined): boolean =>
    pod === undefined || pod.metadata.deletionTimestamp !== undefined || !isPodAvailable(pod, minReady, now)
  const firstUnavailable = firstOf(replicas, condemned, unavailable)
  const actions: StatefulAction[] = []
  const stop = (): StatefulPlan => ({ actions, updating: 0 })

  for (const [index, pod] of replicas.entries()) {
    if (pod === undefined) {
      if (!view.claimIsStale(start + index)) actions.push(creation(view, start + index))
      if (monotonic) return stop()
      continue
    }
    if (isPodTerminal(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) actions.push({ type: 'delete', pod })
      if (monotonic) return stop()
      continue
    }
    if (pod.status?.phase === 'Pending' || repairedIdentity(pod) !== undefined) actions.push({ type: 'repair', pod })
    const waits = unavailable(pod) || pod.status?.phase !== 'Running' || !isPodReady(pod)
    if (waits && monotonic) return stop()
  }
  for (const pod of condemned) {
    actions.push({ type: 'repair', pod })
    const terminating = pod.metadata.deletionTimestamp !== undefined
    if (!monotonic) {
      if (!terminating) actions.push({ type: 'delete', pod })
      continue
    }
    const sick = pod.status?.phase !== 'Running' || unavailable(pod)
    if (!terminating && (!sick || pod === firstUnavailable)) actions.push({ type: 'delete', pod })
    return stop()
  }
  const outdated = rollingDeletions(view, replicas, unavailable)
  return {
    actions: [...actions, ...outdated.map((pod) => ({ type: 'delete' as const, pod }))],
    updating: outdated.length,
  }
}

/** The first pod that is not available, by ordinal; undefined also when that one does not exist yet. */
function firstOf(
  replicas: readonly (Pod | undefined)[],
  condemned: readonly Pod[],
  unavailable: (pod: Pod | undefined) => boolean,
): Pod | undefined {
  const index = replicas.findIndex(unavailable)
  return index >= 0 ? replicas[index] : condemned.findLast(unavailable)
}

function creation({ set }: StatefulView, ordinal: number): StatefulAction {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  const old = rollingUpdate === undefined ? (set.status?.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0)
  const current = (type === 'RollingUpdate' || rollingUpdate !== undefined) && ordinal < startOrdinal(set) + old
  return { type: 'create', ordinal, revision: current ? 'current' : 'update' }
}

function rollingDeletions(
  { set, updateRevision, maxUnavailableEnabled }: StatefulView,
  replicas: readonly (Pod | undefined)[],
  unavailable: (pod: Pod | undefined) => boolean,
): readonly Pod[] {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {}
  if (type === 'OnDelete') return []
  const candidates = replicas.slice(rollingUpdate?.partition ?? 0).reverse()
  const outdated = (pod: Pod | undefined): pod is Pod =>
    pod !== undefined && revisionOf(pod) !== updateRevision && pod.metadata.deletionTimestamp === undefined
  if (maxUnavailableEnabled) {
    const limit = Math.max(1, scaledValue(rollingUpdate?.maxUnavailable ?? 1, replicas.length, false))
    const room = limit - replicas.filter(unavailable).length
    return room <= 0 ? [] : candidates.filter(outdated).slice(0, room)
  }
  for (const pod of candidates) {
    if (outdated(pod)) return [pod]
    if (unavailable(pod)) return []
  }
  return []
}
