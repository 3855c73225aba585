import {
  isTooManyRequests,
  type KubeObject,
  StatusError,
  type Stored,
  statusOf,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'
import { type Clock, type Random, sleep } from '@kube-bonsai/clock'
import type { ResourceClient, WatchRequestOptions } from '../client.ts'
import { isExpired } from '../informer/reflector.ts'
import { keyOf } from '../informer/store.ts'
import { GrowingWait } from '../retry/growing-wait.ts'

/** What a watch that goes on needs. */
export interface RetryWatchOptions extends Omit<WatchRequestOptions, 'allowWatchBookmarks' | 'sendInitialEvents'> {
  readonly clock: Clock
  readonly random: Random
  /**
   * What to do when the last resource version is no longer kept: `throw` (the default) rejects with the 410
   * StatusError; `list` lists and gives the differences as events, which needs the memory of all objects.
   */
  readonly onExpired?: 'throw' | 'list'
}

/** An event of a watch that goes on: never a bookmark, never an error. */
export type ChangeEvent<T> = WatchEvent<T> & { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' }

/**
 * A watch that outlives the server's ends of it: it resumes from the last resource version seen (bookmarks count),
 * waits before it tries again after a failure, and ends when the loop is left or the signal aborts.
 * Without a `resourceVersion` it begins with the objects that exist, as ADDED. Failures that trying again cannot mend
 * (403, 404, 422) reject with their StatusError.
 * @see staging/src/k8s.io/client-go/tools/watch/retrywatcher.go
 */
export async function* retryWatch<T extends KubeObject>(
  resource: ResourceClient<T>,
  options: RetryWatchOptions,
): AsyncGenerator<ChangeEvent<Stored<T>>, undefined> {
  const { clock, random, onExpired = 'throw', resourceVersion, ...rest } = options
  const { signal } = rest
  const backoff = new GrowingWait(
    { initial: 1000, factor: 2, max: 30_000, jitter: 0.2, resetAfter: 120_000 },
    clock,
    random,
  )
  const known = new Map<string, Stored<T>>()
  const keep = onExpired === 'list'
  let version = resourceVersion
  const selectors = selectorsOf(options)
  const isAborted = (): boolean => signal?.aborted === true
  while (!isAborted()) {
    try {
      if (version === undefined) {
        const list = await resource.list(selectors)
        for (const event of differences(known, list.items)) yield event
        if (!keep) known.clear()
        version = list.metadata.resourceVersion ?? ''
      }
      const began = clock.now()
      let quiet = true
      for await (const event of resource.watch({ ...rest, resourceVersion: version, allowWatchBookmarks: true })) {
        if (event.type === 'ERROR') throw new StatusError(event.object)
        quiet = false
        version = event.object.metadata.resourceVersion || version
        if (event.type === 'BOOKMARK') continue
        if (keep) remember(known, event.type, event.object)
        yield { type: event.type, object: event.object }
      }
      if (!quiet || clock.now() - began >= 1000) continue
    } catch (error) {
      if (isAborted()) return
      if (isExpired(error) && keep) version = undefined
      else if (!isTransient(error)) throw error
    }
    await sleep(clock, backoff.next(), signal).catch(() => {})
  }
}

function isTransient(error: unknown): boolean {
  const status = statusOf(error)
  return status === undefined || isTooManyRequests(error) || (status.code ?? 0) >= 500
}

function selectorsOf({ labelSelector, fieldSelector, signal }: RetryWatchOptions): object {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(signal === undefined ? {} : { signal }),
  }
}

function remember<T extends KubeObject>(known: Map<string, Stored<T>>, type: string, object: Stored<T>): void {
  if (type === 'DELETED') known.delete(keyOf(object))
  else known.set(keyOf(object), object)
}

/** The events that make the known objects into the listed ones; brings `known` up to date. */
function differences<T extends KubeObject>(
  known: Map<string, Stored<T>>,
  items: readonly Stored<T>[],
): ChangeEvent<Stored<T>>[] {
  const events: ChangeEvent<Stored<T>>[] = []
  const gone = new Map(known)
  for (const object of items) {
    const key = keyOf(object)
    const old = known.get(key)
    known.set(key, object)
    if (old !== undefined && old.metadata.uid === object.metadata.uid) {
      gone.delete(key)
      if (old.metadata.resourceVersion !== object.metadata.resourceVersion) events.push({ type: 'MODIFIED', object })
      continue
    }
    if (old !== undefined) events.push({ type: 'DELETED', object: old })
    gone.delete(key)
    events.push({ type: 'ADDED', object })
  }
  for (const [key, object] of gone) {
    known.delete(key)
    events.push({ type: 'DELETED', object })
  }
  return events
}
