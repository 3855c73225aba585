import type { FieldError } from '@kube-bonsai/apimachinery'
import { namespacedMetadataChanges, namespacedMetadataErrors } from '../../generic/metadata-errors.ts'
import { type Fields, fieldsOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { eventConversions } from './conversion.ts'
import { coreEventFields, eventsFields } from './fields.ts'
import type { EventFields } from './table.ts'
import { legacyErrors, strictErrors, strictUpdateErrors } from './validation.ts'

/** The event in the form of the core group, in whichever it comes. */
function asCore(event: Fields): Fields {
  const conversion = eventConversions[0]?.versions[textOf(event['apiVersion'])]
  return conversion === undefined ? event : conversion.toHub(event)
}

function eventRoom(group: string, names: EventFields): Room {
  const isStrict = ({ requestGroup = group }: StrategyContext): boolean => requestGroup !== ''
  const legacy = (event: Fields, strict: boolean): readonly FieldError[] =>
    legacyErrors(event, (strict ? eventsFields : coreEventFields).reporter)
  return {
    group,
    kind: 'Event',
    validate(given, context) {
      const event = asCore(given)
      const strict = isStrict(context)
      if (!strict) return legacy(event, strict)
      return [
        ...legacy(event, strict),
        ...namespacedMetadataErrors(fieldsOf(event['metadata'])),
        ...strictErrors(event),
      ]
    },
    update: {
      validate(given, old, context) {
        const event = asCore(given)
        const strict = isStrict(context)
        if (!strict) return legacy(event, strict)
        const changes = namespacedMetadataChanges(fieldsOf(event['metadata']), fieldsOf(old['metadata']))
        return [...legacy(event, strict), ...changes, ...strictUpdateErrors(event, asCore(old))]
      },
    },
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
