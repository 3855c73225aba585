import type { KubeObject, Stored } from '@kube-bonsai/apimachinery'
import type { Clock, Random, Timer } from '@kube-bonsai/clock'
import type { ResourceClient } from '../client.ts'
import type { HandleOptions, Informer, InformerHandler, Store } from '../informer-types.ts'
import { IndexedStore } from './indexed-store.ts'
import { Reflector, type ReflectorTarget } from './reflector.ts'
import { keyOf } from './store.ts'

/** What failed: a request of the informer, or something that its user gave it. */
export type InformerFailure = 'list' | 'watch' | 'handler' | 'index'

/** What every informer needs. */
export interface InformerOptions {
  readonly clock: Clock
  readonly random: Random
  /**
   * Told of each failure. Without it failed requests are only tried again, and what a handler or an index function
   * throws is thrown again outside the informer.
   */
  readonly onError?: (error: unknown, during: InformerFailure) => void
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** How long the server is asked to keep a watch open, in seconds; as long as it likes when absent. */
  readonly watchTimeoutSeconds?: number
}

/** An informer that its owner starts and stops. */
export interface OwnedInformer<T extends KubeObject> extends Informer<T> {
  /** Begins to list and watch. Later calls do nothing. */
  start(): void
  /** Ends it for good: no handler is called from here on, and waits for `synced` reject with InformerStoppedError. */
  stop(): void
}

/** An informer was stopped before its first list had arrived. */
export class InformerStoppedError extends Error {
  override readonly name = 'InformerStoppedError'

  constructor() {
    super('the informer was stopped before it had synced')
  }
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class ReflectedInformer<T extends KubeObject> implements OwnedInformer<T>, ReflectorTarget<T> {
  readonly #store: IndexedStore<Stored<T>>
  readonly #handlers = new Set<InformerHandler<Stored<T>>>()
  readonly #reflector: Reflector<T>
  readonly #stop = new AbortController()
  readonly #onError: (error: unknown, during: InformerFailure) => void
  readonly #clock: Clock
  #tasks: (() => void)[] = []
  #running = false
  #started = false
  #synced = false
  #waiters: Waiter[] = []

  constructor(resource: ResourceClient<T>, options: InformerOptions) {
    this.#clock = options.clock
    this.#onError = (error, during) => report(options.onError, error, during)
    this.#store = new IndexedStore((error) => this.#onError(error, 'index'))
    this.#reflector = new Reflector(
      { ...options, resource, target: this, onError: (error, during) => this.#onError(error, during) },
      this.#stop.signal,
    )
  }

  get store(): Store<Stored<T>> {
    return this.#store
  }

  get hasSynced(): boolean {
    return this.#synced
  }

  synced(): Promise<void> {
    if (this.#synced) return Promise.resolve()
    if (this.#stop.signal.aborted) return Promise.reject(new InformerStoppedError())
    return new Promise((resolve, reject) => void this.#waiters.push({ resolve, reject }))
  }

  start(): void {
    if (this.#started || this.#stop.signal.aborted) return
    this.#started = true
    void this.#reflector.run()
  }

  stop(): void {
    this.#stop.abort()
    this.#handlers.clear()
    this.#tasks = []
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(new InformerStoppedError())
  }

  handle(handler: InformerHandler<Stored<T>>, options: HandleOptions = {}): () => void {
    const { resyncPeriod } = options
    if (resyncPeriod !== undefined && !(resyncPeriod > 0)) {
      throw new RangeError(`resyncPeriod must be greater than zero, got ${resyncPeriod}`)
    }
    // The same handler may be given twice: each registration is its own.
    const own: InformerHandler<Stored<T>> = {
      onAdd: (object, initial) => handler.onAdd?.(object, initial),
      onUpdate: (object, old) => handler.onUpdate?.(object, old),
      onDelete: (object) => handler.onDelete?.(object),
    }
    let removed = false
    this.#do(() => {
      if (removed) return
      this.#handlers.add(own)
      for (const object of this.#store.list()) {
        if (removed) return
        this.#call(own, (one) => one.onAdd?.(object, true))
      }
    })
    const stopResync = resyncPeriod === undefined ? undefined : this.#resync(own, resyncPeriod)
    return () => {
      removed = true
      stopResync?.()
      this.#handlers.delete(own)
    }
  }

  #resync(handler: InformerHandler<Stored<T>>, period: number): () => void {
    let timer: Timer | undefined
    const tick = (): void => {
      this.#do(() => {
        if (!this.#handlers.has(handler)) return
        for (const object of this.#store.list()) this.#call(handler, (one) => one.onUpdate?.(object, object))
      })
      schedule()
    }
    const schedule = (): void => {
      if (this.#stop.signal.aborted) return
      timer = this.#clock.schedule(this.#clock.now() + period, tick, { background: true })
    }
    const stop = (): void => timer?.cancel()
    schedule()
    this.#stop.signal.addEventListener('abort', stop)
    return () => {
      this.#stop.signal.removeEventListener('abort', stop)
      stop()
    }
  }

  index(name: string, keys: (object: Stored<T>) => readonly string[]): void {
    this.#store.addIndex(name, keys)
  }

  /** @internal */
  replace(items: readonly Stored<T>[]): void {
    this.#do(() => {
      const initial = !this.#synced
      const news: (() => void)[] = []
      const gone = new Set(this.#store.keys())
      for (const item of items) {
        const key = keyOf(item)
        gone.delete(key)
        this.#take(key, item, initial, news)
      }
      for (const key of gone) this.#drop(key, undefined, news)
      for (const tell of news) tell()
      this.#synced = true
      const waiters = this.#waiters
      this.#waiters = []
      for (const { resolve } of waiters) resolve()
    })
  }

  /** @internal */
  change(event: Parameters<ReflectorTarget<T>['change']>[0]): void {
    const { type, object } = event
    this.#do(() => {
      const news: (() => void)[] = []
      if (type === 'DELETED') this.#drop(keyOf(object), object, news)
      else this.#take(keyOf(object), object, false, news)
      for (const tell of news) tell()
    })
  }

  /** Stores an object; what the handlers must hear of it is added to `news`. */
  #take(key: string, object: Stored<T>, initial: boolean, news: (() => void)[]): void {
    const old = this.#store.get(key)
    if (old !== undefined && old.metadata.uid === object.metadata.uid) {
      if (old.metadata.resourceVersion === object.metadata.resourceVersion) return
      this.#store.set(key, object)
      news.push(() => this.#tell((handler) => handler.onUpdate?.(object, old)))
      return
    }
    // Deleted and created again while nobody watched: two objects, whatever their names.
    if (old !== undefined) this.#drop(key, undefined, news)
    this.#store.set(key, object)
    news.push(() => this.#tell((handler) => handler.onAdd?.(object, initial)))
  }

  #drop(key: string, final: Stored<T> | undefined, news: (() => void)[]): void {
    const old = this.#store.get(key)
    if (old === undefined) return
    this.#store.delete(key)
    const last = final ?? old
    news.push(() => this.#tell((handler) => handler.onDelete?.(last)))
  }

  #tell(call: (handler: InformerHandler<Stored<T>>) => void): void {
    for (const handler of this.#handlers) this.#call(handler, call)
  }

  #call(handler: InformerHandler<Stored<T>>, call: (handler: InformerHandler<Stored<T>>) => void): void {
    try {
      call(handler)
    } catch (error) {
      this.#onError(error, 'handler')
    }
  }

  /** Runs tasks one after the other, so that a handler that adds a handler is not told of things out of order. */
  #do(task: () => void): void {
    if (this.#stop.signal.aborted) return
    this.#tasks.push(task)
    if (this.#running) return
    this.#running = true
    try {
      for (let next = this.#tasks.shift(); next !== undefined; next = this.#tasks.shift()) next()
    } finally {
      this.#running = false
    }
  }
}

function report(onError: InformerOptions['onError'], error: unknown, during: InformerFailure): void {
  try {
    if (onError !== undefined) onError(error, during)
    else if (during === 'handler' || during === 'index') throw error
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}

/**
 * An informer of its own over what `resource` lists: `client.pods('a')`, or all namespaces, or a selection by label.
 * @see staging/src/k8s.io/client-go/tools/cache/shared_informer.go
 */
export function createInformer<T extends KubeObject>(
  resource: ResourceClient<T>,
  options: InformerOptions,
): OwnedInformer<T> {
  return new ReflectedInformer(resource, options)
}
