import { type Batch, batchesBetween, type HistoryView } from '../history/history.ts'
import type { StorageEvent, StorageWatch, WatchOptions } from '../storage.ts'

interface Watcher<V> {
  readonly options: WatchOptions<V>
  /** The first revision of the live part. */
  readonly from: number
  cancelled: boolean
}

interface Replay<V> {
  readonly watcher: Watcher<V>
  readonly view: HistoryView<V>
  readonly from: number
  readonly to: number
}

/** Told of what a watcher's handler threw. */
export type WatchErrorHandler = (error: unknown, prefix: string) => void

function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** Brings committed batches to the watchers, in a microtask: each batch once, in order, past ones first. */
export class WatchHub<V> {
  readonly #watchers = new Map<string, Set<Watcher<V>>>()
  // How many watched prefixes have each length: a key is looked up once per length, whatever the number of watchers.
  readonly #lengths = new Map<number, number>()
  readonly #onError: WatchErrorHandler
  #queue: Batch<V>[] = []
  #replays: Replay<V>[] = []
  #delivered: number
  #scheduled = false

  /** @param delivered the newest revision that is already history */
  constructor(delivered: number, onError: WatchErrorHandler | undefined) {
    this.#delivered = delivered
    this.#onError = onError ?? rethrow
  }

  /** Takes a batch that has just been committed. */
  publish(batch: Batch<V>): void {
    if (this.#watchers.size === 0 && !this.#scheduled) {
      this.#delivered = batch.revision
      return
    }
    this.#queue.push(batch)
    this.#schedule()
  }

  /** Begins a watch at `from`; what is delivered already comes out of `view`. */
  add(options: WatchOptions<V>, from: number, view: HistoryView<V>): StorageWatch {
    const watcher: Watcher<V> = { options, from: Math.max(from, this.#delivered + 1), cancelled: false }
    if (from <= this.#delivered) {
      this.#replays.push({ watcher, view, from, to: this.#delivered })
      this.#schedule()
    }
    this.#register(watcher)
    return { cancel: () => this.#cancel(watcher) }
  }

  #register(watcher: Watcher<V>): void {
    const { prefix } = watcher.options
    const group = this.#watchers.get(prefix)
    if (group !== undefined) {
      group.add(watcher)
      return
    }
    this.#watchers.set(prefix, new Set([watcher]))
    this.#lengths.set(prefix.length, (this.#lengths.get(prefix.length) ?? 0) + 1)
  }

  #cancel(watcher: Watcher<V>): void {
    if (watcher.cancelled) return
    watcher.cancelled = true
    const { prefix } = watcher.options
    const group = this.#watchers.get(prefix)
    if (group === undefined) return
    group.delete(watcher)
    if (group.size > 0) return
    this.#watchers.delete(prefix)
    const left = (this.#lengths.get(prefix.length) ?? 1) - 1
    if (left === 0) this.#lengths.delete(prefix.length)
    else this.#lengths.set(prefix.length, left)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    let next = 0
    // Handlers may write, watch and cancel: both lists are looked at again after every step.
    for (;;) {
      const replay = this.#replays.shift()
      if (replay !== undefined) {
        this.#replay(replay)
        continue
      }
      const batch = this.#queue[next]
      if (batch === undefined) break
      next++
      this.#delivered = batch.revision
      this.#deliver(batch)
    }
    this.#queue = []
    this.#scheduled = false
  }

  #replay({ watcher, view, from, to }: Replay<V>): void {
    const { prefix } = watcher.options
    for (const batch of batchesBetween(view, from, to)) {
      if (watcher.cancelled) return
      const events = batch.events.filter((event) => event.kv.key.startsWith(prefix))
      if (events.length > 0) this.#call(watcher, events, batch.revision)
    }
  }

  #deliver(batch: Batch<V>): void {
    const matches = new Map<Set<Watcher<V>>, StorageEvent<V>[]>()
    for (const event of batch.events) {
      const { key } = event.kv
      for (const length of this.#lengths.keys()) {
        if (length > key.length) continue
        const group = this.#watchers.get(length === key.length ? key : key.slice(0, length))
        if (group === undefined) continue
        const events = matches.get(group)
        if (events === undefined) matches.set(group, [event])
        else events.push(event)
      }
    }
    for (const [group, events] of matches) {
      for (const watcher of group) {
        if (!watcher.cancelled && watcher.from <= batch.revision) this.#call(watcher, events, batch.revision)
      }
    }
  }

  #call(watcher: Watcher<V>, events: readonly StorageEvent<V>[], revision: number): void {
    try {
      watcher.options.onEvents(events, revision)
    } catch (error) {
      try {
        this.#onError(error, watcher.options.prefix)
      } catch (second) {
        rethrow(second)
      }
    }
  }
}
