import type { ObjectList } from '@kube-bonsai/apimachinery'
import { isObject } from '../request/metadata-of.ts'

function isComplete(item: unknown): boolean {
  return isObject(item) && typeof item.kind === 'string' && typeof item.apiVersion === 'string'
}

/**
 * A list whose items all tell their apiVersion and kind, which a server leaves out of the items of typed lists.
 * The same list, with the same items, when nothing is missing.
 */
export function completeList(body: Readonly<Record<string, unknown>>): ObjectList<unknown> {
  const { apiVersion, kind, metadata } = body
  const items: readonly unknown[] = Array.isArray(body.items) ? body.items : []
  const itemKind = typeof kind === 'string' && kind.endsWith('List') ? kind.slice(0, -'List'.length) : ''
  const done = items.every(isComplete)
    ? items
    : items.map((item) => (isObject(item) && !isComplete(item) ? { apiVersion, kind: itemKind, ...item } : item))
  if (done === body.items && isList(body)) return body
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
    kind: typeof kind === 'string' ? kind : '',
    metadata: isObject(metadata) ? metadata : {},
    items: done,
  }
}

function isList(
  body: Readonly<Record<string, unknown>>,
): body is Readonly<Record<string, unknown>> & ObjectList<unknown> {
  return typeof body.apiVersion === 'string' && typeof body.kind === 'string' && isObject(body.metadata)
}
