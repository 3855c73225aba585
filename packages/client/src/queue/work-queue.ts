import type { Clock, ScheduleOptions, Timer } from '@kube-bonsai/clock'
import type { QueueItem, WorkQueue } from '../informer-factory-types.ts'
import { defaultControllerRateLimiter, type RateLimiter } from './rate-limiters.ts'

/** What a work queue needs. */
export interface WorkQueueOptions<K> {
  readonly clock: Clock
  /** client-go's default controller rate limiter when absent. */
  readonly rateLimiter?: RateLimiter<K>
}

type Waiter<K> = (item: QueueItem<K> | undefined) => void

// Shifting an array with very many keys is slow, so the front is a moving index.
class Fifo<K> {
  #items: K[] = []
  #front = 0

  get length(): number {
    return this.#items.length - this.#front
  }

  push(item: K): void {
    this.#items.push(item)
  }

  shift(): QueueItem<K> | undefined {
    if (this.length === 0) return undefined
    const [key] = this.#items.slice(this.#front, this.#front + 1) as [K]
    this.#front++
    if (this.#front > 1024 && this.#front * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#front)
      this.#front = 0
    }
    return { key }
  }

  clear(): void {
    this.#items = []
    this.#front = 0
  }
}

class ClockWorkQueue<K> implements WorkQueue<K> {
  readonly #clock: Clock
  readonly #limiter: RateLimiter<K>
  readonly #ready = new Fifo<K>()
  /** Keys that must be worked on, waiting or to be queued again once their worker is done. */
  readonly #dirty = new Set<K>()
  readonly #processing = new Set<K>()
  readonly #delayed = new Map<K, Timer>()
  #waiters: Waiter<K>[] = []
  #down = false

  constructor(clock: Clock, limiter: RateLimiter<K>) {
    this.#clock = clock
    this.#limiter = limiter
  }

  get length(): number {
    return this.#ready.length
  }

  get isShutDown(): boolean {
    return this.#down
  }

  add(key: K): void {
    if (this.#down || this.#dirty.has(key)) return
    this.#dirty.add(key)
    if (!this.#processing.has(key)) this.#offer(key)
  }

  addAfter(key: K, milliseconds: number, options?: ScheduleOptions): void {
    if (this.#down) return
    if (!(milliseconds > 0)) {
      this.add(key)
      return
    }
    const at = this.#clock.now() + milliseconds
    const waiting = this.#delayed.get(key)
    if (waiting !== undefined && waiting.at <= at) return
    waiting?.cancel()
    const ripe = (): void => {
      this.#delayed.delete(key)
      this.add(key)
    }
    this.#delayed.set(key, this.#clock.schedule(at, ripe, options))
  }

  addRateLimited(key: K): void {
    this.addAfter(key, this.#limiter.when(key))
  }

  forget(key: K): void {
    this.#limiter.forget(key)
  }

  requeues(key: K): number {
    return this.#limiter.requeues(key)
  }

  get(): Promise<QueueItem<K> | undefined> {
    if (this.#down) return Promise.resolve(undefined)
    const item = this.#ready.shift()
    if (item === undefined) return new Promise((resolve) => void this.#waiters.push(resolve))
    this.#hand(item.key)
    return Promise.resolve(item)
  }

  done(key: K): void {
    if (!this.#processing.delete(key)) return
    if (this.#dirty.has(key)) this.#offer(key)
  }

  shutDown(): void {
    this.#down = true
    for (const timer of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#dirty.clear()
    this.#ready.clear()
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake(undefined)
  }

  #hand(key: K): void {
    this.#dirty.delete(key)
    this.#processing.add(key)
  }

  #offer(key: K): void {
    const waiter = this.#waiters.shift()
    if (waiter === undefined) {
      this.#ready.push(key)
      return
    }
    this.#hand(key)
    waiter({ key })
  }
}

/**
 * A work queue as client-go's: a key that is added while it waits is worked on once; one that is added while a worker
 * has it is queued again when that worker is done.
 * @see staging/src/k8s.io/client-go/util/workqueue/queue.go
 */
export function createWorkQueue<K>(options: WorkQueueOptions<K>): WorkQueue<K> {
  return new ClockWorkQueue(options.clock, options.rateLimiter ?? defaultControllerRateLimiter<K>(options.clock))
}
