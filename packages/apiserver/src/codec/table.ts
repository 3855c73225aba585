import { internalMetadata, type TableStrategy } from '@kube-bonsai/api-strategies'
import {
  type KubeObject,
  newBadRequest,
  newNotAcceptable,
  type ObjectList,
  StatusError,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'
import { goPackage } from '../handlers/go-package.ts'
import type { Query } from '../request/query.ts'
import { type AllowsForm, negotiate, type ServedTypes, usualTypes } from './negotiation.ts'
import { protobufType } from './protobuf.ts'

/** In which form a client wants objects. */
export type Form =
  | { readonly as: 'object' }
  | { readonly as: 'table'; readonly version: string; readonly include: 'None' | 'Metadata' | 'Object' }
  | { readonly as: 'metadata'; readonly list: boolean }

const plain: Form = { as: 'object' }

/**
 * Reads the Accept header; the first form that can be served wins.
 *
 * @param events whether events are asked for, which have no YAML
 * @param allows which forms there are; all by default
 * @param types what objects and events can be produced as
 * @throws a 406 when no form can be served, a 400 for a bad includeObject
 */
export function readForm(
  accept: string,
  query: Query,
  events: boolean = false,
  allows: AllowsForm = allowsForm,
  types: ServedTypes = usualTypes,
): Form {
  if (accept === '') return plain
  const wanted = negotiate(accept, types.objects, allows)
  if (wanted === undefined) throw newNotAcceptable(types.objects)
  if (events && wanted.type === 'application/yaml') throw newNotAcceptable(types.events)
  const { as } = wanted
  if (as === undefined) return plain
  if (as.kind === 'Table') return { as: 'table', version: as.version, include: includeObject(query) }
  return { as: 'metadata', list: as.kind === 'PartialObjectMetadataList' }
}

/** A Table holds any JSON and has no protobuf form. */
export const allowsForm: AllowsForm = (type, as) => {
  if (as === undefined) return true
  const { kind, group, version } = as
  if (group !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return false
  if (kind === 'Table') return type !== protobufType
  return kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList'
}

/** The forms of what is answered and not stored, such as reviews: they do not print. */
export const allowsNoTable: AllowsForm = (type, as) => as?.kind !== 'Table' && allowsForm(type, as)

function includeObject(query: Query): 'None' | 'Metadata' | 'Object' {
  const text = query.text('includeObject')
  if (text === '' || text === 'Metadata') return 'Metadata'
  if (text === 'None' || text === 'Object') return text
  const why = `includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`
  throw newBadRequest(`Unable to convert to Table as requested: ${why}`)
}

const nameOnly: TableStrategy = {
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description: 'Name, unique within a namespace; see the reference of ObjectMeta.',
      priority: 0,
    },
    {
      name: 'Created At',
      type: 'date',
      format: '',
      description: 'When the server made the object; see the reference of ObjectMeta.',
      priority: 0,
    },
  ],
  row: (object) => ({ cells: [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''] }),
}

/** A list, or one object, as a Table. */
export function toTable(
  body: unknown,
  table: TableStrategy = nameOnly,
  form: Form & { readonly as: 'table' },
  now: number,
): object {
  const list = isList(body)
  const items: readonly KubeObject[] = list ? body.items : [body as KubeObject]
  const { resourceVersion, continue: next, remainingItemCount } = (body as KubeObject & ObjectList<KubeObject>).metadata
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata: {
      resourceVersion,
      ...(next && { continue: next }),
      ...(remainingItemCount !== undefined && { remainingItemCount }),
    },
    columnDefinitions: table.columns,
    rows: items.map((item) => row(item, table, form, now)),
  }
}

interface MadeRow {
  readonly table: TableStrategy
  readonly version: string
  readonly include: string
  readonly second: number
  readonly row: object
}

const rows: WeakMap<KubeObject, MadeRow> = new WeakMap()

/** A row of a Table. That of an object which cannot change is made once a second: nothing in it but ages changes, and those are in seconds. */
function row(
  item: KubeObject,
  table: TableStrategy,
  { version, include }: Form & { readonly as: 'table' },
  now: number,
): object {
  const second = Math.floor(now / 1000)
  const known = rows.get(item)
  const isKnown =
    known?.second === second && known.table === table && known.version === version && known.include === include
  if (isKnown) return known.row
  const { cells, conditions } = table.row(item, now)
  const object = include === 'None' ? null : include === 'Object' ? item : partial(item, version)
  const made = Object.freeze({ cells, ...(conditions && { conditions }), object })
  if (Object.isFrozen(item)) rows.set(item, { table, version, include, second, row: made })
  return made
}

/** A list or one object with nothing but metadata. Throws a 406 when the form asked for does not fit. */
export function toMetadata(body: unknown, form: Form & { readonly as: 'metadata' }): object {
  if (isList(body) !== form.list) throw notInForm(body, form.list)
  if (!isList(body)) return partial(body as KubeObject, 'v1')
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: body.metadata,
    items: body.items.map((item) => partial(item, 'v1')),
  }
}

/** Upstream names its internal type. */
function notInForm(body: unknown, list: boolean): StatusError {
  const { apiVersion = '', kind = '' } = body as Partial<KubeObject>
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const type = `*${goPackage(group)}.${kind}`
  const message = list
    ? `you requested PartialObjectMetadataList, but the requested object is not a list (${type})`
    : `you requested PartialObjectMetadata, but the requested object is a list (${type})`
  const status = newNotAcceptable([]).status
  return new StatusError({ ...status, message })
}

const partials: WeakMap<KubeObject, object> = new WeakMap()

/** The metadata alone. That of an object which cannot change is made once. */
function partial(item: KubeObject, version: string): object {
  const known = version === 'v1' ? partials.get(item) : undefined
  if (known !== undefined) return known
  const metadata = internalMetadata(item)
  const made = Object.freeze({ kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata })
  if (version === 'v1' && Object.isFrozen(item)) partials.set(item, made)
  return made
}

function isList(body: unknown): body is ObjectList<KubeObject> {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items)
}

/** The events of a watch in another form. Columns are told once. */
export async function* toFormEvents(
  events: AsyncIterable<WatchEvent<unknown>>,
  form: Form,
  table: TableStrategy | undefined,
  now: () => number,
): AsyncIterable<WatchEvent<unknown>> {
  let first = true
  for await (const event of events) {
    if (event.type === 'ERROR' || form.as === 'object') yield event
    else if (form.as === 'metadata') yield { type: event.type, object: partial(event.object as KubeObject, 'v1') }
    else {
      const object = toTable(
        event.object,
        event.type === 'BOOKMARK' ? { columns: (table ?? nameOnly).columns, row: () => ({ cells: [] }) } : table,
        form,
        now(),
      )
      yield { type: event.type, object: first ? object : { ...object, columnDefinitions: null } }
      first = false
    }
  }
}
