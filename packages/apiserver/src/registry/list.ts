import {
  type KubeObject,
  type ListMeta,
  newBadRequest,
  newResourceExpired,
  type ObjectList,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { CompactedError, FutureRevisionError, type KeyValue } from '@kube-bonsai/storage'
import { withKindsOfItems } from '../codec/typed-lists.ts'
import type { RequestContext, Target } from '../context.ts'
import type { Query } from '../request/query.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { fromStored, keyOf, prefixOf } from './objects.ts'
import type { Selection } from './selection.ts'
import { checkListOptions, readVersion, waitForRevision } from './versions.ts'

const tooOld = 'The resourceVersion for the provided list is too old.'

/**
 * Lists a resource as a List of the target's version: selection, paging, and the past where a version asks for it.
 * Throws a StatusError: 400 for bad tokens and versions, 410 for what is compacted, 422 for bad combinations, 504 for the future.
 * @see staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go GetList
 */
export async function listObjects(
  context: RequestContext,
  target: Target,
  namespace: string,
  query: Query,
  selection: Selection,
): Promise<ObjectList<KubeObject>> {
  // A list ends when it is done; a bad timeout is refused all the same.
  query.integer('timeoutSeconds')
  checkListOptions(query, false)
  const { server } = context
  const prefix = prefixOf(target, namespace)
  const limit = query.integer('limit') ?? 0
  const token = query.text('continue')
  const version = readVersion(query.text('resourceVersion'), 'list')
  const from = token === '' ? undefined : decodeContinue(token)
  if (from !== undefined && version !== undefined && version !== 0) {
    throw newBadRequest('specifying resource version is not allowed when using continue')
  }
  const exact =
    query.text('resourceVersionMatch') === 'Exact' ||
    (limit > 0 && query.text('resourceVersionMatch') === '' && (version ?? 0) > 0)
  if (version !== undefined && version > 0) await waitForRevision(server, version, target.stored)
  const revision = from ? (from.revision < 0 ? undefined : from.revision) : exact ? version : undefined
  const unlimited = limit <= 0 || (version === 0 && token === '')

  const items: KeyValue<KubeObject>[] = []
  let start = from ? prefix + from.start : undefined
  let more = false
  let remaining = 0
  let at = revision
  try {
    if (selection.name !== undefined && (namespace !== '' || !target.stored.namespaced)) {
      const found = await server.storage.get(
        keyOf(target, namespace, selection.name),
        at === undefined ? {} : { revision: at },
      )
      at ??= server.storage.revision
      if (found && selection.matches(found.value)) items.push(found)
    } else {
      do {
        const want = unlimited ? undefined : selection.everything ? limit - items.length : Math.max(limit, 500)
        const page = await server.storage.range({
          prefix,
          ...(start !== undefined && { start }),
          ...(want !== undefined && { limit: want }),
          ...(at !== undefined && { revision: at }),
        })
        at ??= page.revision
        more = page.more
        remaining = page.count - page.items.length
        let taken = 0
        for (const kv of page.items) {
          taken++
          if (selection.matches(kv.value)) items.push(kv)
          if (!unlimited && items.length === limit) break
        }
        const last = page.items[taken - 1]
        if (taken < page.items.length) {
          more = true
          remaining += page.items.length - taken
        }
        start = last === undefined ? undefined : `${last.key}\u0000`
      } while (more && !unlimited && items.length < limit)
    }
  } catch (error) {
    if (error instanceof CompactedError) throw expired(from !== undefined, prefix, start)
    if (error instanceof FutureRevisionError) throw newBadRequest(`invalid resource version: ${error.message}`)
    throw error
  }
  const metadata: ListMeta = {
    ...(target.custom && { continue: '' }),
    resourceVersion: String(at ?? server.storage.revision),
    ...(more &&
      start !== undefined && { continue: encodeContinue({ revision: at ?? 0, start: start.slice(prefix.length) }) }),
    ...(more && selection.everything && { remainingItemCount: remaining }),
  }
  const { kind, group, version: apiVersion } = target.info
  const list = {
    kind: target.custom?.listKind ?? `${kind}List`,
    apiVersion: group === '' ? apiVersion : `${group}/${apiVersion}`,
    metadata,
    items: items.map((kv) => fromStored(target, kv.value)),
  }
  return target.custom ? withKindsOfItems(list) : list
}

/** 410; a page that came too late gets a token with which it can go on inconsistently. */
function expired(paged: boolean, prefix: string, start: string | undefined): Error {
  if (!paged) return newResourceExpired(tooOld)
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  const error = newResourceExpired(message)
  const status = {
    ...error.status,
    metadata: {
      ...error.status.metadata,
      continue: encodeContinue({ revision: -1, start: (start ?? prefix).slice(prefix.length) }),
    },
  }
  return new StatusError(status)
}
