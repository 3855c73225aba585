import { convertObject, strategyFor } from '@kube-bonsai/api-strategies'
import { decode, scheme, strictDecodingMessage } from '@kube-bonsai/api-types'
import type { KubeObject, ObjectMeta } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { SnapshotError, snapshotKinds } from '@kube-bonsai/scheduler-core'
import { isRecord, kindOf } from './snapshot-file.ts'

/** How objects of a snapshot are read. */
export interface ReadObjectsOptions {
  readonly gates: FeatureGates
  /** Unknown fields are dropped, not refused. */
  readonly lenient?: boolean
}

/** A value with the place where it stands. */
export interface PlacedValue {
  readonly value: unknown
  /** `objects[3]`, or the file and line. */
  readonly where: string
}

type Typed = Readonly<Record<string, unknown>> & { readonly apiVersion: string; readonly kind: string }

/**
 * Reads parsed objects as an API server would: strictly decoded, defaulted, and in the version that the scheduler reads. Lists are
 * taken apart. Throws SnapshotError that names the object and what is wrong with it.
 */
export async function readObjects(
  values: readonly PlacedValue[],
  options: ReadObjectsOptions,
): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = []
  for (const { value, where } of values) await readInto(objects, value, where, options)
  return objects
}

async function readInto(
  objects: KubeObject[],
  value: unknown,
  where: string,
  options: ReadObjectsOptions,
): Promise<void> {
  if (!isRecord(value)) throw new SnapshotError(`${where}: an object is expected, it is ${kindOf(value)}`)
  const { apiVersion, kind } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '')
    throw new SnapshotError(`${where}: apiVersion and kind are required`)
  const items = value['items']
  if (kind === 'List' || (kind.endsWith('List') && Array.isArray(items))) {
    for (const [index, item] of (Array.isArray(items) ? items : []).entries())
      await readInto(objects, item, `${where}.items[${index}]`, options)
    return
  }
  objects.push(await readObject({ ...value, apiVersion, kind }, where, options))
}

async function readObject(value: Typed, where: string, { gates, lenient }: ReadObjectsOptions): Promise<KubeObject> {
  const { apiVersion, kind } = value
  const metadata = value['metadata']
  const name = isRecord(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : ''
  const object = `${kind} ${JSON.stringify(name)}`
  const refuse = (why: string) => new SnapshotError(`${where} (${object}): ${why}`, { object: `${kind} ${name}` })
  const slash = apiVersion.indexOf('/')
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
  const wanted = snapshotKinds.get(kind)
  const strategy = strategyFor(group, kind)
  if (strategy === undefined || scheme.byKind({ group, version, kind }) === undefined)
    throw refuse(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
  if (wanted === undefined || groupOf(wanted.apiVersion) !== group)
    throw new SnapshotError(`kind ${kind} (${apiVersion}) is not one that a snapshot may hold`, { object })
  const types = await scheme.load(group, version)
  const decoded = decode(types, { group, version, kind }, value)
  if (decoded.typeErrors.length > 0) throw refuse(decoded.typeErrors.join(', '))
  if (decoded.unknownFields.length > 0 && !lenient) throw refuse(strictDecodingMessage(decoded.unknownFields))
  const read = asObject(decoded.object, apiVersion, kind)
  const defaulted = strategy.default(read, { gates, now: '' })
  return convertObject(defaulted, wanted.apiVersion)
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** What `decode` made of an object has metadata of its type, or none. */
function asObject(value: unknown, apiVersion: string, kind: string): KubeObject {
  const fields = isRecord(value) ? value : {}
  const metadata: ObjectMeta = isRecord(fields['metadata']) ? fields['metadata'] : {}
  return { ...fields, apiVersion, kind, metadata }
}
