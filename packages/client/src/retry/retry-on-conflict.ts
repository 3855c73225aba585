import { isConflict } from '@kube-bonsai/apimachinery'
import { type Clock, type Random, sleep } from '@kube-bonsai/clock'
import { GrowingWait } from './growing-wait.ts'

/** When to try again, and how often. Times in milliseconds. */
export interface RetryOptions {
  readonly clock: Clock
  readonly random: Random
  /** How often to try in all; 5 by default. */
  readonly steps?: number
  /** The first wait; 10 by default. */
  readonly initial?: number
  /** Each wait is this many times the one before; 1 by default. */
  readonly factor?: number
  /** Up to this share of a wait is added at random; 0.1 by default. */
  readonly jitter?: number
}

/**
 * Runs `attempt` until it does not fail with an error that `retriable` accepts, or `steps` attempts have been made.
 * Rejects with the last error.
 * @see staging/src/k8s.io/client-go/util/retry/util.go
 */
export async function retryOnError<T>(
  options: RetryOptions,
  retriable: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  const { clock, random, steps = 5, initial = 10, factor = 1, jitter = 0.1 } = options
  const backoff = new GrowingWait({ initial, factor, max: Number.MAX_SAFE_INTEGER, jitter }, clock, random)
  for (let step = 1; ; step++) {
    try {
      return await attempt()
    } catch (error) {
      if (step >= steps || !retriable(error)) throw error
    }
    await sleep(clock, backoff.next())
  }
}

/**
 * Runs `attempt` again when it fails with a 409 Conflict: read the object anew inside it, change it, write it.
 * Rejects with the last error after 5 attempts, unless `steps` says otherwise.
 */
export function retryOnConflict<T>(options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  return retryOnError(options, isConflict, attempt)
}
