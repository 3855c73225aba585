import type { Conversion } from '../../conversion.ts'
import { type Fields, isAbsent } from '../../meta/json.ts'

const names: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

/** What the core group writes always, even when the other group leaves it out. */
const always = ['reportingComponent', 'reportingInstance']

function toCore(event: Fields): Fields {
  const changed: Record<string, unknown> = { ...event }
  for (const [core, events] of names) move(changed, events, core)
  for (const name of always) if (isAbsent(changed[name])) changed[name] = ''
  return changed
}

function fromCore(event: Fields): Fields {
  const changed: Record<string, unknown> = { ...event }
  for (const [core, events] of names) move(changed, core, events)
  for (const name of ['reportingController', 'reportingInstance']) if (changed[name] === '') delete changed[name]
  return changed
}

function move(object: Record<string, unknown>, from: string, to: string): void {
  if (!Object.hasOwn(object, from)) return
  object[to] = object[from]
  delete object[from]
}

/** @see pkg/apis/events/v1/conversion.go */
export const eventConversions: readonly Conversion[] = [
  { kind: 'Event', group: '', versions: { 'events.k8s.io/v1': { toHub: toCore, fromHub: fromCore } } },
]
