import { compare, timeOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { isPodReady, podCondition } from './state.ts'

const phases: ReadonlyMap<string, number> = new Map([
  ['Pending', 0],
  ['Unknown', 1],
  ['Running', 2],
])

/**
 * Orders pods by who should go first when some must: the least useful, then the youngest.
 *
 * @param related how many related pods share the pod's node, by pod
 * @param now milliseconds since the epoch
 * @see pkg/controller/controller_utils.go
 */
export function byDeletionPreference(related: (pod: Pod) => number, now: number): (a: Pod, b: Pod) => number {
  return (a, b) =>
    Number(unassigned(b)) - Number(unassigned(a)) ||
    phase(a) - phase(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    related(b) - related(a) ||
    (isPodReady(a) && isPodReady(b) ? youngerFirst(a, b, readyTime(a), readyTime(b), now) : 0) ||
    mostRestarts(b, false) - mostRestarts(a, false) ||
    mostRestarts(b, true) - mostRestarts(a, true) ||
    youngerFirst(a, b, timeOf(a.metadata.creationTimestamp), timeOf(b.metadata.creationTimestamp), now)
}

function unassigned(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') === ''
}

function phase(pod: Pod): number {
  return phases.get(pod.status?.phase ?? '') ?? 0
}

/** The pod's deletion cost; 0 when the annotation is absent or not a 32-bit integer. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost']
  if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0
  const cost = Number(text)
  return cost >= -2147483648 && cost <= 2147483647 ? cost : 0
}

function readyTime(pod: Pod): number {
  return timeOf(podCondition(pod, 'Ready')?.lastTransitionTime)
}

function mostRestarts(pod: Pod, sidecars: boolean): number {
  const always = new Set(pod.spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name))
  const statuses = sidecars
    ? (pod.status?.initContainerStatuses ?? []).filter((status) => always.has(status.name))
    : (pod.status?.containerStatuses ?? [])
  return statuses.reduce((most, status) => Math.max(most, status.restartCount ?? 0), 0)
}

/** Ages compare by their power of two; within one the UID decides, so that scaling down spreads over generations. */
function youngerFirst(a: Pod, b: Pod, left: number, right: number, now: number): number {
  if (left === right) return 0
  if (left === 0 || right === 0) return left === 0 ? -1 : 1
  return bucket(now - left) - bucket(now - right) || compare(a.metadata.uid, b.metadata.uid)
}

function bucket(milliseconds: number): number {
  return milliseconds > 0 ? Math.floor(Math.log2(milliseconds * 1e6)) : -1
}

/** Counts the related pods on each pod's node, for {@link byDeletionPreference}. */
export function relatedOnNode(related: readonly Pod[]): (pod: Pod) => number {
  const counts = new Map<string, number>()
  for (const { spec } of related) counts.set(spec.nodeName ?? '', (counts.get(spec.nodeName ?? '') ?? 0) + 1)
  return (pod) => counts.get(pod.spec.nodeName ?? '') ?? 0
}
