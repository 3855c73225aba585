import {
  decideGates,
  type PreparedSnapshot,
  prepareSnapshot,
  SnapshotError,
  snapshotKinds,
} from '@kube-bonsai/scheduler-core'
import { type PlacedValue, readObjects } from './read-objects.ts'
import { isRecord, looksLikeSnapshot, readSnapshotFile } from './snapshot-file.ts'

/** One text to read objects or a whole snapshot from. */
export interface ScheduleSource {
  readonly file: string
  readonly text: string
}

/** What goes before whatever the texts say. */
export interface ScheduleOverrides {
  /** A KubeSchedulerConfiguration. */
  readonly config?: unknown
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly options?: Readonly<Record<string, unknown>>
}

/** What was read. */
export interface ReadSchedule {
  readonly snapshot: PreparedSnapshot
  /** How many objects of each kind were left alone because the scheduler does not look at them. */
  readonly ignored: ReadonlyMap<string, number>
}

/**
 * Reads snapshots and manifests (YAML or JSON, lists and several documents too) as one cluster. Throws SnapshotError that names file,
 * object and field.
 */
export async function readScheduleSources(
  sources: readonly ScheduleSource[],
  overrides: ScheduleOverrides = {},
): Promise<ReadSchedule> {
  const values: PlacedValue[] = []
  const ignored = new Map<string, number>()
  let config: unknown
  let featureGates: Readonly<Record<string, boolean>> = {}
  let options: Readonly<Record<string, unknown>> = {}
  let isSnapshot = false
  for (const source of sources) {
    for (const { value, where } of await documents(source)) {
      if (looksLikeSnapshot(value)) {
        const file = readSnapshotFile(value)
        isSnapshot = true
        config = file.config ?? config
        featureGates = { ...featureGates, ...file.featureGates }
        options = { ...options, ...file.options }
        const prefix = sources.length === 1 ? '' : `${source.file}: `
        for (const [index, entry] of file.objects.entries())
          values.push({ value: entry, where: `${prefix}objects[${index}]` })
      } else if (isRecord(value) && value['kind'] === 'KubeSchedulerConfiguration') config = value
      else for (const entry of flattened(value, where)) if (!isIgnored(entry.value, ignored)) values.push(entry)
    }
  }
  if (!isSnapshot && values.length === 0)
    throw new SnapshotError('input holds no objects that a scheduler looks at; nodes and pods are wanted')
  config = overrides.config ?? config
  featureGates = { ...featureGates, ...overrides.featureGates }
  options = { ...options, ...overrides.options }
  const objects = await readObjects(values, { gates: decideGates(featureGates) })
  return { snapshot: prepareSnapshot({ config, featureGates, options, objects }), ignored }
}

async function documents({ file, text }: ScheduleSource): Promise<readonly PlacedValue[]> {
  if (text.trimStart().startsWith('{')) {
    try {
      return [{ value: JSON.parse(text), where: file }]
    } catch {
      // The other reader says where the error stands, and takes flow style YAML too.
    }
  }
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const found = readDocuments(text, { strict: true, file })
  const broken = found.flatMap((document) => document.errors)[0]
  if (broken !== undefined) throw new SnapshotError(broken.message)
  return found
    .filter(({ value }) => value !== null && value !== undefined)
    .map(({ value, line }) => ({ value, where: `${file}:${line}` }))
}

function* flattened(value: unknown, where: string): Generator<PlacedValue> {
  const items = isRecord(value) && value['kind'] === 'List' ? value['items'] : undefined
  if (!Array.isArray(items)) yield { value, where }
  else for (const [index, item] of items.entries()) yield* flattened(item, `${where} items[${index}]`)
}

/** Manifests hold more than a scheduler looks at; what it does not know by kind is left alone. */
function isIgnored(value: unknown, ignored: Map<string, number>): boolean {
  const kind = isRecord(value) ? value['kind'] : undefined
  if (typeof kind !== 'string' || kind.endsWith('List') || snapshotKinds.has(kind)) return false
  ignored.set(kind, (ignored.get(kind) ?? 0) + 1)
  return true
}
