import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { GroupVersionResource, KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
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

/** Keys waiting for a worker: each at most once, never handed to two workers at a time; delays and rate limits run on the clock. */
export interface WorkQueue<K> {
  add(key: K): void
  addAfter(key: K, milliseconds: number): void
  /** Adds after the rate limiter's delay for this key (5 ms doubling to 1000 s, as client-go's default). */
  addRateLimited(key: K): void
  /** Resets the key's rate limit. */
  forget(key: K): void
  requeues(key: K): number
  readonly length: number
  /** Drops what waits and wakes the workers. */
  shutDown(): void
}
