import {
  CompactedError,
  DuplicateKeyError,
  FutureRevisionError,
  InvalidOptionError,
  NestedTransactionError,
} from './errors.ts'
import { apply, History, type HistoryView } from './history/history.ts'
import type {
  Compare,
  KeyValue,
  Operation,
  RangeOptions,
  RangeResult,
  Snapshot,
  Storage,
  StorageEvent,
  StorageWatch,
  TxnResult,
  WatchOptions,
} from './storage.ts'
import { endOfPrefix, sortKey } from './tree/sort-key.ts'
import { find, rank, type Tree, take } from './tree/tree.ts'
import { type WatchErrorHandler, WatchHub } from './watch/watch-hub.ts'

/** How a store in memory behaves. */
export interface MemoryStorageOptions {
  /**
   * Keeps this many past revisions readable and compacts older ones by itself. Absent: all of them, until `compact`.
   * Whole revisions, at least 0.
   */
  readonly historyLimit?: number
  /** Told of what a watcher's handler threw, with its prefix. Without it the error is thrown again, outside the store. */
  readonly onError?: WatchErrorHandler
}

interface State<V> {
  readonly root: Tree<KeyValue<V>>
  readonly revision: number
  readonly compactedRevision: number
  readonly history: HistoryView<V>
}

// Pages of one list ask for the same past state again and again.
const rememberedStates = 16

function checkWhole(option: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidOptionError(option, `a whole number of at least ${least}`, value)
  }
}

/**
 * The Storage contract in memory. Values are kept and handed out by reference: freeze them before they come here.
 * A transaction is committed when `txn` returns its promise, so the order of calls is the order of revisions.
 * Reads cost O(log n) and O(log n + k); a snapshot and a fork cost the same however large the store is.
 */
export class MemoryStorage<V> implements Storage<V> {
  readonly #options: MemoryStorageOptions
  readonly #history: History<V>
  readonly #hub: WatchHub<V>
  readonly #past = new Map<number, Tree<KeyValue<V>>>()
  #root: Tree<KeyValue<V>>
  #revision: number
  #compacted: number
  #busy = false

  /** An empty store at revision 1. Throws an InvalidOptionError for a `historyLimit` that is not a whole number. */
  constructor(options: MemoryStorageOptions = {}, state?: State<V>) {
    if (options.historyLimit !== undefined) checkWhole('historyLimit', options.historyLimit, 0)
    this.#options = options
    this.#history = new History(state?.history)
    this.#root = state?.root
    this.#revision = state?.revision ?? 1
    this.#compacted = state?.compactedRevision ?? 0
    this.#hub = new WatchHub(this.#revision, options.onError)
  }

  /** The newest committed revision. */
  get revision(): number {
    return this.#revision
  }

  /** The oldest revision that can be read; 0 when nothing was compacted. */
  get compactedRevision(): number {
    return this.#compacted
  }

  /** Reads one key, now or at a past revision. Rejects with CompactedError, FutureRevisionError or InvalidOptionError. */
  async get(key: string, options?: { readonly revision?: number }): Promise<KeyValue<V> | undefined> {
    return find(this.#stateAt(options?.revision), sortKey(key))
  }

  /** Reads keys in the order of their UTF-8 bytes. Rejects as `get` does. */
  async range(options: RangeOptions): Promise<RangeResult<V>> {
    const { prefix, start, limit } = options
    if (limit !== undefined) checkWhole('limit', limit, 0)
    const revision = options.revision ?? this.#revision
    const root = this.#stateAt(options.revision)
    const low = sortKey(prefix)
    let from = start === undefined ? low : sortKey(start)
    if (from < low) from = low
    const count = Math.max(0, rank(root, endOfPrefix(low)) - rank(root, from))
    const items = take(root, from, limit === undefined ? count : Math.min(limit, count))
    const more = items.length < count
    if (more) this.#remember(revision, root)
    return { items, more, count, revision }
  }

  /**
   * Changes all keys or none. Every change carries the one new revision; a transaction without effect (no operations,
   * deletes of absent keys) succeeds at the present revision and consumes none. `items` lists the changes that took
   * effect, in order; a deleted key shows the value it was deleted with, its `version` 0 as etcd's tombstones.
   * Rejects with DuplicateKeyError, NestedTransactionError or whatever a value function throws; nothing changes then.
   */
  async txn(compare: readonly Compare[], operations: readonly Operation<V>[]): Promise<TxnResult<V>> {
    if (this.#busy) throw new NestedTransactionError()
    const current = compare.map(({ key }) => find(this.#root, sortKey(key)))
    if (compare.some(({ modRevision }, i) => (current[i]?.modRevision ?? 0) !== modRevision)) {
      return { succeeded: false, revision: this.#revision, current }
    }
    const revision = this.#revision + 1
    const events = this.#prepare(operations, revision)
    if (events.length > 0) this.#commit(revision, events)
    return { succeeded: true, revision: this.#revision, items: events.map((event) => event.kv) }
  }

  /** Throws CompactedError, FutureRevisionError (more than one ahead of the store) or InvalidOptionError. */
  watch(options: WatchOptions<V>): StorageWatch {
    const from = options.fromRevision ?? this.#revision + 1
    checkWhole('fromRevision', from, 1)
    if (from < this.#compacted) throw new CompactedError(from, this.#compacted)
    if (from > this.#revision + 1) throw new FutureRevisionError(from, this.#revision)
    return this.#hub.add(options, from, this.#history.view(this.#revision))
  }

  /** Makes revisions before `revision` unreadable and frees them. Rejects for one compacted before, or in the future. */
  async compact(revision: number): Promise<void> {
    checkWhole('revision', revision, 1)
    if (revision <= this.#compacted) throw new CompactedError(revision, this.#compacted)
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision)
    this.#compact(revision)
  }

  /** The present state and its history, to fork now or later. */
  snapshot(): Snapshot<V> {
    const state: State<V> = {
      root: this.#root,
      revision: this.#revision,
      compactedRevision: this.#compacted,
      history: this.#history.view(this.#revision),
    }
    return { revision: state.revision, fork: () => new MemoryStorage(this.#options, state) }
  }

  #prepare(operations: readonly Operation<V>[], revision: number): StorageEvent<V>[] {
    const events: StorageEvent<V>[] = []
    const seen = operations.length > 1 ? new Set<string>() : undefined
    this.#busy = true
    try {
      for (const operation of operations) {
        if (seen?.has(operation.key)) throw new DuplicateKeyError(operation.key)
        seen?.add(operation.key)
        const event = change(operation, find(this.#root, sortKey(operation.key)), revision)
        if (event !== undefined) events.push(event)
      }
    } finally {
      this.#busy = false
    }
    return events
  }

  #commit(revision: number, events: readonly StorageEvent<V>[]): void {
    const before = this.#root
    const batch = { revision, events }
    this.#root = apply(before, events)
    this.#revision = revision
    this.#history.append(batch, before)
    const { historyLimit } = this.#options
    if (historyLimit !== undefined && revision - historyLimit > Math.max(1, this.#compacted)) {
      this.#compact(revision - historyLimit)
    }
    this.#hub.publish(batch)
  }

  #compact(revision: number): void {
    this.#compacted = revision
    this.#history.compact(revision)
    for (const past of this.#past.keys()) if (past < revision) this.#past.delete(past)
  }

  #stateAt(revision: number | undefined): Tree<KeyValue<V>> {
    if (revision === undefined || revision === this.#revision) return this.#root
    checkWhole('revision', revision, 1)
    if (revision < this.#compacted) throw new CompactedError(revision, this.#compacted)
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision)
    const root = this.#past.has(revision) ? this.#past.get(revision) : this.#history.stateAt(revision)
    this.#remember(revision, root)
    return root
  }

  #remember(revision: number, root: Tree<KeyValue<V>>): void {
    this.#past.delete(revision)
    this.#past.set(revision, root)
    if (this.#past.size <= rememberedStates) return
    for (const oldest of this.#past.keys()) {
      this.#past.delete(oldest)
      return
    }
  }
}

function isFunction<V>(value: V | ((revision: number) => V)): value is (revision: number) => V {
  return typeof value === 'function'
}

function change<V>(
  operation: Operation<V>,
  last: KeyValue<V> | undefined,
  revision: number,
): StorageEvent<V> | undefined {
  const { key } = operation
  if (operation.type === 'put') {
    const value = isFunction(operation.value) ? operation.value(revision) : operation.value
    const kv: KeyValue<V> = {
      key,
      value,
      createRevision: last?.createRevision ?? revision,
      modRevision: revision,
      version: (last?.version ?? 0) + 1,
    }
    return last === undefined ? { type: 'put', kv, revision } : { type: 'put', kv, previous: last, revision }
  }
  if (last === undefined) return undefined
  const value = operation.value === undefined ? last.value : operation.value(last.value, revision)
  const kv: KeyValue<V> = { key, value, createRevision: last.createRevision, modRevision: revision, version: 0 }
  return { type: 'delete', kv, previous: last, revision }
}

/** An empty store in memory, at revision 1. Throws an InvalidOptionError for options that make no sense. */
export function createMemoryStorage<V>(options?: MemoryStorageOptions): MemoryStorage<V> {
  return new MemoryStorage<V>(options)
}
