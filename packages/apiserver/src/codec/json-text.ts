import type { WatchEvent } from '@kube-bonsai/apimachinery'
import { keepsKindsOfItems } from './typed-lists.ts'

/** A body as JSON. Lists leave out the kinds of their items, as upstream does. */
export function bodyText(body: unknown): string {
  if (!isList(body)) return JSON.stringify(body)
  const { items, ...rest } = body
  const head = JSON.stringify(rest)
  return `${head.slice(0, -1)}${head === '{}' ? '' : ','}"items":[${items.map(itemText).join(',')}]}`
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
function itemText(item: unknown): string {
  const text = JSON.stringify(item)
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

const remembered = 256

/** Texts of the newest objects that were sent in events: a thousand watchers of one object cost one encoding. */
export class EventTexts {
  readonly #texts = new Map<unknown, string>()

  /** One event as a line. */
  line({ type, object }: WatchEvent<unknown>): string {
    return `{"type":${JSON.stringify(type)},"object":${this.#textOf(object)}}\n`
  }

  #textOf(object: unknown): string {
    const known = this.#texts.get(object)
    if (known !== undefined) return known
    const text = JSON.stringify(object)
    if (this.#texts.size >= remembered) {
      const [oldest] = this.#texts.keys()
      this.#texts.delete(oldest)
    }
    this.#texts.set(object, text)
    return text
  }
}
