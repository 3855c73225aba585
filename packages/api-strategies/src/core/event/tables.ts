import type { TableStrategy } from '../../strategy.ts'
import { coreEventFields, eventsFields } from './fields.ts'
import { eventTable } from './table.ts'

export const coreEventTable: TableStrategy = eventTable(coreEventFields)
export const eventsTable: TableStrategy = eventTable(eventsFields)
