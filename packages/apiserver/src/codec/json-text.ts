import type { EncodedObjects } from './encoded-objects.ts'
import { keepsKindsOfItems } from './typed-lists.ts'

/** A body as JSON. Lists leave out the kinds of their items, as upstream does. */
export function bodyText(body: unknown, known: EncodedObjects): string {
  if (isTable(body))
    return withParts(
      body,
      'rows',
      body.rows.map((row) => rowText(row, known)),
    )
  if (!isList(body)) return known.textOf(body)
  return withParts(
    body,
    'items',
    body.items.map((item) => itemText(item, known)),
  )
}

/** The text of an object one of whose fields is a list that has been made into texts. */
function withParts(object: object, field: 'items' | 'rows', parts: readonly string[]): string {
  const head = JSON.stringify({ ...object, [field]: undefined })
  return `${head.slice(0, -1)}${head === '{}' ? '' : ','}"${field}":[${parts.join(',')}]}`
}

interface Row {
  readonly object: unknown
}

function isTable(body: unknown): body is { readonly kind: 'Table'; readonly rows: readonly Row[] } {
  return typeof body === 'object' && body !== null && (body as Typed).kind === 'Table' && 'rows' in body
}

function rowText(row: Row, known: EncodedObjects): string {
  if (Object.isFrozen(row)) return known.textOf(row)
  const { object, ...rest } = row
  return `${JSON.stringify(rest).slice(0, -1)},"object":${known.textOf(object)}}`
}

/** The same body as a value, for other encodings. */
export function slim(body: unknown): unknown {
  return isList(body) ? { ...body, items: body.items.map(withoutKind) } : body
}

interface List {
  readonly kind: string
  readonly items: readonly unknown[]
}

function isList(body: unknown): body is List {
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items)) return false
  if (keepsKindsOfItems(body)) return false
  const { kind } = body as { readonly kind?: unknown }
  return typeof kind === 'string' && kind.endsWith('List') && kind !== 'APIGroupDiscoveryList'
}

interface Typed {
  readonly kind?: unknown
  readonly apiVersion?: unknown
}

const isPartial = (item: unknown): boolean => (item as Typed | null)?.kind === 'PartialObjectMetadata'

/** Cutting the text is several times faster than copying an object without two of its fields. */
function itemText(item: unknown, known: EncodedObjects): string {
  const text = known.textOf(item)
  if (typeof item !== 'object' || item === null || isPartial(item)) return text
  const { kind, apiVersion } = item as Typed
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return JSON.stringify(withoutKind(item))
  for (const head of headsOf(kind, apiVersion)) {
    if (text.startsWith(head)) return `{${text.slice(text[head.length] === ',' ? head.length + 1 : head.length)}`
  }
  return JSON.stringify(withoutKind(item))
}

let lastHeads: { readonly kind: string; readonly apiVersion: string; readonly heads: readonly string[] } | undefined

function headsOf(kind: string, apiVersion: string): readonly string[] {
  if (lastHeads?.kind === kind && lastHeads.apiVersion === apiVersion) return lastHeads.heads
  const [one, other] = [`"kind":${JSON.stringify(kind)}`, `"apiVersion":${JSON.stringify(apiVersion)}`]
  lastHeads = { kind, apiVersion, heads: [`{${one},${other}`, `{${other},${one}`] }
  return lastHeads.heads
}

function withoutKind(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || isPartial(item)) return item
  const { kind: _kind, apiVersion: _version, ...rest } = item as Typed
  return rest
}
