import type { WorkQueue } from '../informer-factory-types.ts'

/** How workers treat failures. */
export interface RunWorkersOptions<K> {
  /** Told of each failure. Without it failures only lead to a retry. */
  readonly onError?: (key: K, error: unknown) => void
  /** Whether to try a failed key again, rate-limited; always when absent. A key that is given up is forgotten. */
  readonly retry?: (key: K, error: unknown) => boolean
}

/** Workers that are running. */
export interface Workers {
  /** Resolves when the queue was shut down and every worker has finished its key. */
  readonly stopped: Promise<void>
}

/**
 * Works on the queue's keys, `count` at a time, until it is shut down. A key whose `sync` resolves is forgotten by the
 * rate limiter; one whose `sync` rejects or throws is added again after its delay. A worker never dies of an error.
 * Throws a RangeError when `count` is not a positive whole number.
 */
export function runWorkers<K>(
  queue: WorkQueue<K>,
  count: number,
  sync: (key: K) => Promise<void> | void,
  options: RunWorkersOptions<K> = {},
): Workers {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`count must be a positive integer, got ${count}`)
  const work = async (): Promise<void> => {
    for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
      const { key } = item
      try {
        await sync(key)
        queue.forget(key)
      } catch (error) {
        fail(queue, key, error, options)
      } finally {
        queue.done(key)
      }
    }
  }
  const stopped = Promise.all(Array.from({ length: count }, work)).then(() => {})
  return { stopped }
}

function fail<K>(queue: WorkQueue<K>, key: K, error: unknown, options: RunWorkersOptions<K>): void {
  let again = true
  try {
    options.onError?.(key, error)
    again = options.retry?.(key, error) ?? true
  } catch (thrown) {
    // The worker goes on; the host gets to hear of it.
    queueMicrotask(() => {
      throw thrown
    })
  }
  if (again) queue.addRateLimited(key)
  else queue.forget(key)
}
