import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'

/** What an informer tells its handlers; called one at a time, in order, never inside a write. A handler that throws is reported and skipped. */
export interface InformerHandler<T> {
  onAdd?(object: T, initial: boolean): void
  onUpdate?(object: T, old: T): void
  /** The last known state. */
  onDelete?(object: T): void
}

/** The objects that an informer knows; the same references as the events carried. */
export interface Store<T> {
  /** `key` is `namespace/name`, or `name` for cluster-scoped objects. */
  get(key: string): T | undefined
  list(): readonly T[]
  /** Objects whose index function gave `value`; by order of arrival. Throws a TypeError for an index that was not added. */
  byIndex(index: string, value: string): readonly T[]
}

/** How a handler takes part. */
export interface HandleOptions {
  /**
   * Calls onUpdate for every object again each time this many milliseconds have passed, with the same object as old and
   * new; in the background of the clock. Never when absent.
   */
  readonly resyncPeriod?: number
}

/** A live copy of one resource: lists, watches, resumes, relists after 410. */
export interface Informer<T extends KubeObject = KubeObject> {
  readonly store: Store<Stored<T>>
  /** True once the first list has arrived and its handlers have run. */
  readonly hasSynced: boolean
  /** Resolves when hasSynced turns true; rejects when stopped before. */
  synced(): Promise<void>
  /** Adds a handler; what is known already arrives as onAdd calls with `initial` true. Returns its removal. */
  handle(handler: InformerHandler<Stored<T>>, options?: HandleOptions): () => void
  /** Adds an index; allowed at any time. Adding the same name and function again does nothing. */
  index(name: string, keys: (object: Stored<T>) => readonly string[]): void
}
