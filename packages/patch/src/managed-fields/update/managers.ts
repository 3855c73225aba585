import type { ManagedFieldsEntry } from '@kube-bonsai/apimachinery'
import { compactJson, compareUtf8, quote } from '@kube-bonsai/apimachinery'
import { readFieldSet, sortedFieldSet } from '../fields/canonical.ts'
import type { FieldSet } from '../fields/field-set.ts'

/** Who manages fields: name, operation, subresource, and for updates the version. */
export interface Manager {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly subresource: string
}

/** What a manager owns. */
export interface ManagedSet {
  readonly manager: Manager
  readonly fields: FieldSet
  /** The version in which the fields are meant. */
  readonly apiVersion: string
  readonly time?: string
  /** The entry from which it was read, while it says the same. */
  readonly entry?: ManagedFieldsEntry
}

/** What each manager owns, by the key of the manager. */
export type Managed = ReadonlyMap<string, ManagedSet>

/** The one text that names a manager: appliers are the same in every version. Upstream orders managers by it. */
export function managerKey({ manager, operation, apiVersion, subresource }: Manager): string {
  const parts: Record<string, string> = {}
  if (manager !== '') parts.manager = manager
  if (operation !== '') parts.operation = operation
  if (operation !== 'Apply' && apiVersion !== '') parts.apiVersion = apiVersion
  if (subresource !== '') parts.subresource = subresource
  return JSON.stringify(parts)
}

/** Whether a manager owns its fields by apply. */
export function isApplied({ manager }: ManagedSet): boolean {
  return manager.operation === 'Apply'
}

/**
 * Reads the entries of an object.
 *
 * @throws Error with upstream's text for an entry that is not well formed
 */
export function readManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  const managed = new Map<string, ManagedSet>()
  for (const [index, entry] of (entries ?? []).entries()) {
    const { operation = '', apiVersion = '', fieldsType = '', manager: name = '', subresource = '', time } = entry
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`')
    if (apiVersion === '') throw new Error('apiVersion must not be empty')
    if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${index}`)
    if (fieldsType !== 'FieldsV1')
      throw new Error(`invalid fieldsType ${quote(fieldsType)} in managed fields entry ${index}`)
    const fields = readSet(entry)
    const manager = { manager: name, operation, apiVersion, subresource }
    managed.set(managerKey(manager), { manager, fields, apiVersion, entry, ...(time !== undefined && { time }) })
  }
  return managed
}

function readSet(entry: ManagedFieldsEntry): FieldSet {
  try {
    return readFieldSet(entry.fieldsV1)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`error decoding versioned set from ${compactJson(entry)}: error decoding set: ${why}`)
  }
}

/** The entries of an object, in upstream's order; undefined for none. */
export function writeManagedFields(managed: Managed): readonly ManagedFieldsEntry[] | undefined {
  if (managed.size === 0) return undefined
  return [...managed.values()].map(entryOf).sort(compareEntries)
}

function entryOf({ manager, fields, apiVersion, time, entry }: ManagedSet): ManagedFieldsEntry {
  const sorted = sortedFieldSet(fields)
  if (entry !== undefined && entry.fieldsV1 === sorted && entry.time === time && entry.apiVersion === apiVersion)
    return entry
  const rest = {
    operation: manager.operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sorted,
    ...(manager.subresource !== '' && { subresource: manager.subresource }),
  }
  // A literal that begins with a spread would get a hidden class of its own in V8, and every object has some entries.
  return manager.manager === '' ? rest : { manager: manager.manager, ...rest }
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareUtf8(a.operation ?? '', b.operation ?? '') ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareUtf8(a.manager ?? '', b.manager ?? '') ||
    compareUtf8(a.apiVersion ?? '', b.apiVersion ?? '') ||
    compareUtf8(a.subresource ?? '', b.subresource ?? '')
  )
}

/** Seconds since the epoch; 0 for no time. */
export function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000)
}
