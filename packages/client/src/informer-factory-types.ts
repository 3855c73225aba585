import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { GroupVersionResource, KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import type { ScheduleOptions } from '@kube-bonsai/clock'
import type { Informer } from './informer-types.ts'

/** Shares one informer per resource among everyone in a process. */
export interface InformerFactory {
  /** The shared informer of a built-in resource over all namespaces; starts it on first use once `start` was called. */
  informer<K extends keyof ResourceTypes>(key: K): Informer<ResourceTypes[K] & KubeObject>
  dynamic(resource: GroupVersionResource & { readonly namespaced: boolean }): Informer<Unstructured>
  start(): void
  /** Resolves when every informer asked for so far has synced. */
  synced(): Promise<void>
  stop(): void
}

/** A key that a queue has handed out. */
export interface QueueItem<K> {
  readonly key: K
}

/** Keys waiting for a worker: each at most once, never handed to two workers at a time; delays and rate limits run on the clock. */
export interface WorkQueue<K> {
  add(key: K): void
  /** Adds once that long has passed; of several delays of one key the earliest counts. At once when it is not positive. */
  addAfter(key: K, milliseconds: number, options?: ScheduleOptions): void
  /** Adds after the rate limiter's delay for this key (5 ms doubling to 1000 s, as client-go's default). */
  addRateLimited(key: K): void
  /** Resets the key's rate limit. */
  forget(key: K): void
  requeues(key: K): number
  /** How many keys wait for a worker now, those under delay not counted. */
  readonly length: number
  readonly isShutDown: boolean
  /** The next key, as soon as there is one; undefined once the queue was shut down. Must be followed by `done`. */
  get(): Promise<QueueItem<K> | undefined>
  /** Ends the work on a key that `get` gave; it may be handed out again from here on. */
  done(key: K): void
  /** Drops what waits and wakes the workers. */
  shutDown(): void
}
