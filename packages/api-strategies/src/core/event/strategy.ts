import { fieldsOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { coreEventFields, eventsFields } from './fields.ts'
import type { EventFields } from './table.ts'

function eventRoom(group: string, names: EventFields): Room {
  return {
    group,
    kind: 'Event',
    selectableFields: (event) => {
      const object = fieldsOf(event[names.object])
      const component = textOf(fieldsOf(event[names.source])['component'])
      const reporter = textOf(event[names.reporter])
      const result: Record<string, string> = {}
      const prefix = names.object
      for (const field of ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']) {
        result[`${prefix}.${field}`] = textOf(object[field])
      }
      return {
        ...result,
        reason: textOf(event['reason']),
        [names.reporter]: reporter,
        source: component === '' ? reporter : component,
        type: textOf(event['type']),
      }
    },
  }
}

/** @see pkg/registry/core/event/strategy.go */
export const coreEventRoom: Room = eventRoom('', coreEventFields)

/** The same events as events.k8s.io/v1 speaks of them. */
export const eventsRoom: Room = eventRoom('events.k8s.io', eventsFields)
