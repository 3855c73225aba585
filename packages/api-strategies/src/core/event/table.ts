import { type Fields, fieldsOf, isFields, numberOf, textOf } from '../../meta/json.ts'
import { age, millisOf } from '../../printing/ages.ts'
import { column, metadataOf, summaryTable } from '../../printing/table.ts'
import { textOr } from '../../printing/texts.ts'
import type { TableStrategy } from '../../strategy.ts'

/** The names by which core/v1 and events.k8s.io/v1 call the same things. */
export interface EventFields {
  readonly object: string
  readonly message: string
  readonly source: string
  readonly count: string
  readonly first: string
  readonly last: string
  readonly reporter: string
}

interface EventParts {
  readonly event: Fields
  readonly object: Fields
}

const wide = { wide: true } as const

/** The table of events of one group. @see pkg/printers/internalversion/printers.go printEvent */
export function eventTable(names: EventFields): TableStrategy {
  return summaryTable<EventParts>(
    (event) => ({ event, object: fieldsOf(event[names.object]) }),
    [
      column('Last Seen', 'Time since it happened last', ({ event }, now) => lastSeen(event, names, now)),
      column('Type', 'Normal or Warning', ({ event }) => textOf(event['type'])),
      column('Reason', 'Why it happened, in one word', ({ event }) => textOf(event['reason'])),
      column('Object', 'What it happened to', ({ object }) => target(object)),
      column('Subobject', 'Which part of the object', ({ object }) => textOf(object['fieldPath']), wide),
      column('Source', 'Who reported it', ({ event }) => source(event, names), wide),
      column('Message', 'What happened', ({ event }) => textOf(event[names.message]).trim()),
      column('First Seen', 'Time since it happened first', ({ event }, now) => firstSeen(event, names, now), wide),
      column('Count', 'How often it happened', ({ event }) => count(event, names), wide),
      column('Name', 'Name of the object', ({ event }) => textOf(metadataOf(event)['name']), {
        ...wide,
        format: 'name',
      }),
    ],
  )
}

function firstSeen(event: Fields, { first }: EventFields, now: number): string {
  return age(millisOf(event[first]) === undefined ? event['eventTime'] : event[first], now)
}

function lastSeen(event: Fields, names: EventFields, now: number): string {
  const { series } = event
  if (isFields(series)) return age(series['lastObservedTime'], now)
  return millisOf(event[names.last]) === undefined ? firstSeen(event, names, now) : age(event[names.last], now)
}

function count(event: Fields, names: EventFields): number {
  const { series } = event
  if (isFields(series)) return numberOf(series['count'])
  return numberOf(event[names.count]) === 0 ? 1 : numberOf(event[names.count])
}

function target(object: Fields): string {
  const kind = textOf(object['kind']).toLowerCase()
  return textOf(object['name']) === '' ? kind : `${kind}/${textOf(object['name'])}`
}

function source(event: Fields, names: EventFields): string {
  const reported = fieldsOf(event[names.source])
  const component = textOr(reported['component'], textOf(event[names.reporter]))
  const instance = textOr(reported['host'], textOf(event['reportingInstance']))
  return instance === '' ? component : `${component}, ${instance}`
}
