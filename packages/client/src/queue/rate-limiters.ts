import { type Clock, TokenBucket } from '@kube-bonsai/clock'

/** Says how long a key must wait. @see staging/src/k8s.io/client-go/util/workqueue/default_rate_limiters.go */
export interface RateLimiter<K> {
  /** Milliseconds until the key may be added; counts as one more failure of it. */
  when(key: K): number
  /** Forgets the key's failures. */
  forget(key: K): void
  /** How often the key has failed since it was forgotten. */
  requeues(key: K): number
}

function checkPositive(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${name} must be greater than zero, got ${value}`)
}

/** `base` milliseconds for the first failure of a key, twice as long for each further one, `max` at most. */
export function exponentialRateLimiter<K>(base = 5, max = 1_000_000): RateLimiter<K> {
  checkPositive('base', base)
  checkPositive('max', max)
  const failures = new Map<K, number>()
  return {
    when: (key) => {
      const before = failures.get(key) ?? 0
      failures.set(key, before + 1)
      return Math.min(max, base * 2 ** before)
    },
    forget: (key) => void failures.delete(key),
    requeues: (key) => failures.get(key) ?? 0,
  }
}

/** A token bucket over all keys: `burst` at once, then `qps` each second. */
export function bucketRateLimiter<K>(clock: Clock, qps = 10, burst = 100): RateLimiter<K> {
  checkPositive('qps', qps)
  checkPositive('burst', burst)
  const bucket = new TokenBucket(clock, { qps, burst })
  return {
    when: () => bucket.reserve().delay(),
    forget: () => {},
    requeues: () => 0,
  }
}

/** The longest wait, and the most requeues, of several. */
export function maxOfRateLimiter<K>(...limiters: readonly RateLimiter<K>[]): RateLimiter<K> {
  return {
    when: (key) => Math.max(0, ...limiters.map((limiter) => limiter.when(key))),
    forget: (key) => {
      for (const limiter of limiters) limiter.forget(key)
    },
    requeues: (key) => Math.max(0, ...limiters.map((limiter) => limiter.requeues(key))),
  }
}

/** client-go's default: 5 ms doubling to 1000 s for a key, and 10 a second with a burst of 100 for all. */
export function defaultControllerRateLimiter<K>(clock: Clock): RateLimiter<K> {
  return maxOfRateLimiter(exponentialRateLimiter<K>(), bucketRateLimiter<K>(clock))
}
