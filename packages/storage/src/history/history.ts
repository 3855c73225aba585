import type { KeyValue, StorageEvent } from '../storage.ts'
import { sortKey } from '../tree/sort-key.ts'
import { insert, remove, type Tree } from '../tree/tree.ts'

/** What one transaction changed. */
export interface Batch<V> {
  readonly revision: number
  readonly events: readonly StorageEvent<V>[]
}

/** A run of consecutive revisions, with the state before the first of them. Only the last segment still grows. */
interface Segment<V> {
  readonly first: number
  readonly base: Tree<KeyValue<V>>
  readonly batches: Batch<V>[]
}

/** A picture of the history at one moment; later appends and compactions do not change what it shows up to `last`. */
export interface HistoryView<V> {
  readonly segments: readonly Segment<V>[]
  readonly last: number
}

// A past state is rebuilt from its segment's base: longer segments keep fewer trees and take longer to rebuild.
const segmentLength = 1024

/** The tree after a batch's changes. */
export function apply<V>(root: Tree<KeyValue<V>>, events: readonly StorageEvent<V>[]): Tree<KeyValue<V>> {
  let tree = root
  for (const { type, kv } of events) {
    const key = sortKey(kv.key)
    tree = type === 'put' ? insert(tree, key, kv) : remove(tree, key)
  }
  return tree
}

/** Every change since compaction, in order, and from it every state since then. */
export class History<V> {
  // Replaced and never changed in place, so that a view is one reference.
  #segments: readonly Segment<V>[]

  constructor(view?: HistoryView<V>) {
    const tail = view?.segments.at(-1)
    if (view === undefined || tail === undefined) this.#segments = []
    else {
      const batches = tail.batches.slice(0, view.last - tail.first + 1)
      this.#segments = [...view.segments.slice(0, -1), { ...tail, batches }]
    }
  }

  /** Adds the next revision; `before` is the state that it changed. */
  append(batch: Batch<V>, before: Tree<KeyValue<V>>): void {
    const tail = this.#segments.at(-1)
    if (tail !== undefined && tail.batches.length < segmentLength) tail.batches.push(batch)
    else this.#segments = [...this.#segments, { first: batch.revision, base: before, batches: [batch] }]
  }

  /** What has been appended so far; constant time. */
  view(last: number): HistoryView<V> {
    return { segments: this.#segments, last }
  }

  /** The state right after `revision`; undefined (also: an empty tree) when nothing had been written yet. */
  stateAt(revision: number): Tree<KeyValue<V>> {
    const first = this.#segments[0]
    if (first === undefined) return undefined
    const segment = this.#segments[Math.max(0, Math.floor((revision - first.first) / segmentLength))]
    if (segment === undefined) return undefined
    let tree = segment.base
    for (const batch of segment.batches) {
      if (batch.revision > revision) break
      tree = apply(tree, batch.events)
    }
    return tree
  }

  /** Forgets segments that end before `revision`. */
  compact(revision: number): void {
    const first = this.#segments[0]
    if (first === undefined) return
    const whole = Math.floor((revision - first.first) / segmentLength)
    if (whole > 0) this.#segments = this.#segments.slice(whole)
  }
}

/** The batches of a view from one revision to another, both included. */
export function* batchesBetween<V>(view: HistoryView<V>, from: number, to: number): Generator<Batch<V>> {
  for (const segment of view.segments) {
    if (segment.first + segment.batches.length <= from) continue
    for (let i = Math.max(0, from - segment.first); i < segment.batches.length; i++) {
      const batch = segment.batches[i]
      if (batch === undefined || batch.revision > to) return
      yield batch
    }
  }
}
