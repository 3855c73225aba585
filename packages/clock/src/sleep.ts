import { type AbortSignalLike, abortReason } from './abort-signal.ts'
import type { Clock, ScheduleOptions } from './clock.ts'

/**
 * Resolves when `ms` milliseconds of the clock's time have passed, never synchronously.
 * Rejects with the signal's reason, and forgets its timer, when `signal` aborts first.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignalLike, options?: ScheduleOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(abortReason(signal))
    const wake = (): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    const timer = clock.schedule(clock.now() + ms, wake, options)
    const giveUp = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', giveUp)
      if (signal !== undefined) reject(abortReason(signal))
    }
    signal?.addEventListener('abort', giveUp)
  })
}
