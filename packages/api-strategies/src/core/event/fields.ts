import type { EventFields } from './table.ts'

/** The names of core/v1. */
export const coreEventFields: EventFields = {
  object: 'involvedObject',
  message: 'message',
  source: 'source',
  count: 'count',
  first: 'firstTimestamp',
  last: 'lastTimestamp',
  reporter: 'reportingComponent',
}

/** The names of events.k8s.io/v1. */
export const eventsFields: EventFields = {
  object: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  count: 'deprecatedCount',
  first: 'deprecatedFirstTimestamp',
  last: 'deprecatedLastTimestamp',
  reporter: 'reportingController',
}
