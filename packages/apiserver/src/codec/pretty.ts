import { loadGoOrder, scheme } from '@kube-bonsai/api-types'
import { compareUtf8, kindOfObject } from '@kube-bonsai/apimachinery'
import type { HttpRequest } from './exchange.ts'
import { slim } from './json-text.ts'

/** Clients that show answers to people. */
const readers = ['curl', 'Wget', 'Mozilla/5.0']
const yes = ['1', 't', 'T', 'true', 'TRUE', 'True']

/** Whether an answer is one that people can read: the client says so, or is one that people use; the version always is. */
export function wantsPretty({ url, headers }: HttpRequest): boolean {
  if (/^\/version\/*(?:\?|$)/.test(url)) return true
  const mark = url.indexOf('?')
  const asked =
    mark < 0 || !url.includes('pretty') ? '' : (new URLSearchParams(url.slice(mark + 1)).get('pretty') ?? '')
  if (asked !== '') return yes.includes(asked)
  return readers.some((reader) => (headers['user-agent'] ?? '').startsWith(reader))
}

/** A body as indented JSON, its fields in the order in which Go prints them. */
export async function prettyText(body: unknown): Promise<string> {
  const order = await loadGoOrder()
  const text = JSON.stringify(inGoOrder(slim(body), order), undefined, 2)
  return text.replace(/[<>&\u2028\u2029]/g, (ch) => `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function inGoOrder(body: unknown, order: Awaited<ReturnType<typeof loadGoOrder>>): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const kind = kindOfObject(body)
  // The server's own documents were made in Go's order.
  if (kind.kind === '') return body
  if (scheme.loaded.typeOf(kind) !== undefined) return order(scheme.loaded, kind, body)
  if ('items' in body && Array.isArray(body.items) && kind.kind.endsWith('List')) {
    const {
      kind: name,
      apiVersion,
      metadata,
      items,
      ...rest
    } = body as Readonly<Record<string, unknown>> & {
      readonly items: readonly unknown[]
    }
    const item = { ...kind, kind: kind.kind.slice(0, -'List'.length) }
    const known = scheme.loaded.typeOf(item) !== undefined
    const ordered = items.map((one) => (known ? order(scheme.loaded, item, one) : sorted(one)))
    return { kind: name, apiVersion, metadata, items: ordered, ...rest }
  }
  return sorted(body)
}

/** What has no type is a map to Go. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => compareUtf8(a, b))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}
