import type { EventAction, EventRegistration, EventResource } from '../framework/events.ts'

export type { Plugin } from '../framework/interfaces.ts'

/** An interest in changes whatever they are in detail. */
export function clusterEventActions(resource: EventResource, ...actions: readonly EventAction[]): EventRegistration {
  return { resource, actions }
}
