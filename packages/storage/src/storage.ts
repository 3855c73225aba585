/** A key with its value at one revision. Revisions are etcd's: one counter for the whole store, grown by each transaction. */
export interface KeyValue<V> {
  readonly key: string
  readonly value: V
  readonly createRevision: number
  readonly modRevision: number
  /** 1 on creation, grows by one with each put. */
  readonly version: number
}

/** Which keys to read, and at which revision. */
export interface RangeOptions {
  /** Keys that begin with this. */
  readonly prefix: string
  /** Only keys at or after this one. */
  readonly start?: string
  readonly limit?: number
  /** Read the past: the state right after this revision. Now when absent. */
  readonly revision?: number
}

/** What a range found, in the order of the keys' UTF-8 bytes. */
export interface RangeResult<V> {
  readonly items: readonly KeyValue<V>[]
  /** True when `limit` cut the answer. */
  readonly more: boolean
  /** How many keys match from `start` on, those beyond `limit` included. */
  readonly count: number
  /** The store's revision that this answer shows. */
  readonly revision: number
}

/** A condition of a transaction: the key's modRevision, 0 for a key that is not there. */
export interface Compare {
  readonly key: string
  readonly modRevision: number
}

/** A change of a transaction. `value` may be a function of the new revision, so that an object can carry its own version. */
export type Operation<V> =
  | { readonly type: 'put'; readonly key: string; readonly value: V | ((revision: number) => V) }
  | { readonly type: 'delete'; readonly key: string; readonly value?: (last: V, revision: number) => V }

/** What became of a transaction. All of its changes share `revision`; when it failed nothing has changed. */
export type TxnResult<V> =
  | { readonly succeeded: true; readonly revision: number; readonly items: readonly KeyValue<V>[] }
  | { readonly succeeded: false; readonly revision: number; readonly current: readonly (KeyValue<V> | undefined)[] }

/** One change, as a watcher sees it. A deletion carries the last value (or what the deleting operation made of it). */
export interface StorageEvent<V> {
  readonly type: 'put' | 'delete'
  readonly kv: KeyValue<V>
  /** The value before, absent on creation. */
  readonly previous?: KeyValue<V>
  readonly revision: number
}

/** A running watch. Every matching change arrives once, in revision order. */
export interface StorageWatch {
  /** Stops it. Nothing is delivered after this returns. */
  cancel(): void
}

/** Where and from when to watch. */
export interface WatchOptions<V> {
  readonly prefix: string
  /** The first revision to deliver (so: the revision of a range, plus one). From now on when absent. */
  readonly fromRevision?: number
  /** Called once per transaction with its matching changes, in order, soon after the commit and never inside it. */
  readonly onEvents: (events: readonly StorageEvent<V>[], revision: number) => void
}

/** The store's state at one revision, cheap to take and to keep: it shares what did not change. */
export interface Snapshot<V> {
  readonly revision: number
  /** A store of its own that goes on from here. Neither sees the other's writes. */
  fork(): Storage<V>
}

/**
 * etcd's shape: ordered keys, a revision per transaction, compare-and-swap, watch from a revision, compaction.
 * Reads below the compacted revision throw CompactedError; reads above the current one FutureRevisionError.
 */
export interface Storage<V> {
  /** The newest committed revision; 1 for a new store, as etcd's. */
  readonly revision: number
  readonly compactedRevision: number
  get(key: string, options?: { readonly revision?: number }): Promise<KeyValue<V> | undefined>
  range(options: RangeOptions): Promise<RangeResult<V>>
  txn(compare: readonly Compare[], operations: readonly Operation<V>[]): Promise<TxnResult<V>>
  watch(options: WatchOptions<V>): StorageWatch
  compact(revision: number): Promise<void>
  snapshot(): Snapshot<V>
}
