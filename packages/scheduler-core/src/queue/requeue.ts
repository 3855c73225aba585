import { type ClusterEvent, concerns, type EventRegistration } from '../framework/events.ts'
import type { Framework } from '../framework/framework.ts'
import type { QueuedPod } from './queued-pod.ts'

/** A change of the cluster with the objects before and after. */
export interface ObservedEvent {
  readonly event: ClusterEvent
  readonly before: unknown
  readonly after: unknown
}

/** What an event is worth to a rejected pod. */
export type Strategy = 'skip' | 'backoff' | 'immediately'

/**
 * Whether an event makes it worth trying a pod again: what the hints of the plugins say that rejected it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/backend/queue/scheduling_queue.go isPodWorthRequeuing
 */
export function judge(framework: Framework, pod: QueuedPod, observed: ObservedEvent): Strategy {
  const { rejectedBy, pendingBy } = pod
  if (rejectedBy.size + pendingBy.size === 0) return 'backoff'
  const { event, before, after } = observed
  if (event.resource === '*') {
    const forAnother = after !== undefined && uidOf(after) !== pod.info.uid
    return forAnother ? 'skip' : 'backoff'
  }
  let strategy: Strategy = 'skip'
  for (const { plugin, registrations } of framework.registrations) {
    if (!rejectedBy.has(plugin) && !pendingBy.has(plugin)) continue
    if (!registrations.some((entry) => concerns(entry, event) && wants(entry, pod, before, after))) continue
    if (pendingBy.has(plugin)) return 'immediately'
    strategy = 'backoff'
  }
  return strategy
}

/** What several events together are worth. */
export function judgeAll(framework: Framework, pod: QueuedPod, events: readonly ObservedEvent[]): Strategy {
  if (pod.rejectedBy.size + pod.pendingBy.size === 0) return 'backoff'
  let best: Strategy = 'skip'
  for (const observed of events) {
    const strategy = judge(framework, pod, observed)
    if (strategy === 'immediately') return strategy
    if (strategy === 'backoff') best = strategy
  }
  return best
}

/** True unless the pod is gated by a plugin that does not care about such events. */
export function reachesGate(framework: Framework, { gatedBy }: QueuedPod, event: ClusterEvent): boolean {
  if (gatedBy === undefined) return true
  if (event.resource === '*') return false
  const gate = framework.registrations.find(({ plugin }) => plugin === gatedBy)
  return gate?.registrations.some((entry) => concerns(entry, event)) === true
}

/** A hint that throws counts as Queue. */
function wants(registration: EventRegistration, pod: QueuedPod, before: unknown, after: unknown): boolean {
  try {
    return (registration.hint?.(pod.info, before, after) ?? 'Queue') === 'Queue'
  } catch {
    return true
  }
}

function uidOf(object: unknown): unknown {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return undefined
  const { metadata } = object
  return typeof metadata === 'object' && metadata !== null && 'uid' in metadata ? metadata.uid : undefined
}
