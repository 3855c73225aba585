import { SnapshotError } from '@kube-bonsai/scheduler-core'

/** A snapshot as it was written. */
export interface SnapshotFile {
  readonly config?: unknown
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly options?: Readonly<Record<string, unknown>>
  readonly objects: readonly unknown[]
}

const fields = ['comment', 'config', 'featureGates', 'options', 'objects']

/** Says whether a value looks like a snapshot rather than like a manifest. */
export function looksLikeSnapshot(value: unknown): boolean {
  return isRecord(value) && Object.hasOwn(value, 'objects') && !Object.hasOwn(value, 'kind')
}

/** Reads a parsed snapshot. Throws SnapshotError that names the field at fault. */
export function readSnapshotFile(value: unknown): SnapshotFile {
  if (!isRecord(value)) throw new SnapshotError(`input is not a valid snapshot: it is ${kindOf(value)}, not an object`)
  for (const name of Object.keys(value)) {
    if (!fields.includes(name))
      throw new SnapshotError(`input is not a valid snapshot: unknown field ${JSON.stringify(name)}`, { field: name })
  }
  const objects = own(value, 'objects')
  if (objects === undefined || objects === null)
    throw new SnapshotError('input has no "objects" list', { field: 'objects' })
  if (!Array.isArray(objects)) throw wrong('objects', 'a list', objects)
  const options = own(value, 'options') ?? {}
  if (!isRecord(options)) throw wrong('options', 'an object', options)
  const featureGates = own(value, 'featureGates') ?? {}
  if (!isRecord(featureGates)) throw wrong('featureGates', 'an object', featureGates)
  const gates: Record<string, boolean> = Object.create(null)
  for (const [name, on] of Object.entries(featureGates)) {
    if (typeof on !== 'boolean') throw wrong(`featureGates.${name}`, 'true or false', on)
    gates[name] = on
  }
  const config = own(value, 'config') ?? undefined
  return { config, featureGates: gates, options, objects }
}

function wrong(field: string, expected: string, actual: unknown): SnapshotError {
  return new SnapshotError(`input is not a valid snapshot: ${field} must be ${expected}, it is ${kindOf(actual)}`, {
    field,
  })
}

/** An object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`
}
