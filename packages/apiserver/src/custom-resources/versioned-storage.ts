import type { KubeObject } from '@kube-bonsai/apimachinery'
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
} from '@kube-bonsai/storage'
import { deepFreeze, withMeta } from '../registry/objects.ts'

/** Turns stored objects into the version of a request and back; a promise only where a webhook must be asked. */
export interface VersionCodec {
  decode(stored: KubeObject): KubeObject | Promise<KubeObject>
  encode(object: KubeObject): KubeObject | Promise<KubeObject>
}

/**
 * The storage as requests in one version of a custom resource see it. Everything is kept in the storage version; what is
 * read comes in the version of the request, so that nobody above has to know that there is another.
 */
export class VersionedStorage implements Storage<KubeObject> {
  readonly #inner: Storage<KubeObject>
  readonly #prefix: string
  readonly #codec: VersionCodec

  /** @param prefix where the objects of the resource are kept; all others are passed on as they are */
  constructor(inner: Storage<KubeObject>, prefix: string, codec: VersionCodec) {
    this.#inner = inner
    this.#prefix = prefix
    this.#codec = codec
  }

  get revision(): number {
    return this.#inner.revision
  }

  get compactedRevision(): number {
    return this.#inner.compactedRevision
  }

  async get(key: string, options?: { readonly revision?: number }): Promise<KeyValue<KubeObject> | undefined> {
    const found = await this.#inner.get(key, options)
    return found && this.#decoded(found)
  }

  async range(options: RangeOptions): Promise<RangeResult<KubeObject>> {
    const page = await this.#inner.range(options)
    return { ...page, items: await all(page.items.map((item) => this.#decoded(item))) }
  }

  async txn(compare: readonly Compare[], operations: readonly Operation<KubeObject>[]): Promise<TxnResult<KubeObject>> {
    const encoded = await all(operations.map((operation) => this.#encoded(operation)))
    const result = await this.#inner.txn(compare, encoded)
    if (result.succeeded) return { ...result, items: await all(result.items.map((item) => this.#decoded(item))) }
    return { ...result, current: await all(result.current.map((item) => item && this.#decoded(item))) }
  }

  watch(options: WatchOptions<KubeObject>): StorageWatch {
    let last: Promise<void> | undefined
    let ended = false
    const watch = this.#inner.watch({
      ...options,
      onEvents: (events, revision) => {
        const decoded = events.map((event) => this.#decodedEvent(event))
        const deliver = (ready: readonly StorageEvent<KubeObject>[]) => {
          if (!ended) options.onEvents(ready, revision)
        }
        if (last === undefined && decoded.every(isReady)) deliver(decoded)
        else last = (last ?? Promise.resolve()).then(async () => deliver(await Promise.all(decoded)))
      },
    })
    return {
      cancel: () => {
        ended = true
        watch.cancel()
      },
    }
  }

  compact(revision: number): Promise<void> {
    return this.#inner.compact(revision)
  }

  snapshot(): Snapshot<KubeObject> {
    return this.#inner.snapshot()
  }

  #decoded(item: KeyValue<KubeObject>): KeyValue<KubeObject> | Promise<KeyValue<KubeObject>> {
    if (!item.key.startsWith(this.#prefix)) return item
    const value = this.#codec.decode(item.value)
    if (value instanceof Promise) return value.then((ready) => ({ ...item, value: ready }))
    return value === item.value ? item : { ...item, value }
  }

  /** What cannot be turned is shown as it is stored: the watch refuses it as it comes out. */
  #decodedEvent(event: StorageEvent<KubeObject>): StorageEvent<KubeObject> | Promise<StorageEvent<KubeObject>> {
    const { kv, previous } = event
    try {
      const now = this.#decoded(kv)
      const before = previous && this.#decoded(previous)
      if (!(now instanceof Promise) && !(before instanceof Promise))
        return { ...event, kv: now, ...(before && { previous: before }) }
      return Promise.all([now, before]).then(
        ([one, other]) => ({ ...event, kv: one, ...(other && { previous: other }) }),
        () => event,
      )
    } catch {
      return event
    }
  }

  #encoded(operation: Operation<KubeObject>): Operation<KubeObject> | Promise<Operation<KubeObject>> {
    if (operation.type === 'delete' || !operation.key.startsWith(this.#prefix)) return operation
    const given = operation.value
    const preview = typeof given === 'function' ? given(0) : given
    const encoded = this.#codec.encode(preview)
    if (encoded === preview) return operation
    const put = (value: KubeObject): Operation<KubeObject> => ({
      ...operation,
      value: (revision: number) => deepFreeze(withMeta(value, { resourceVersion: String(revision) })),
    })
    return encoded instanceof Promise ? encoded.then(put) : put(encoded)
  }
}

function isReady<T>(value: T | Promise<T>): value is T {
  return !(value instanceof Promise)
}

/** As Promise.all, without waiting where nothing is waited for. */
function all<T>(values: readonly (T | Promise<T>)[]): readonly T[] | Promise<readonly T[]> {
  return values.every(isReady) ? values : Promise.all(values)
}
