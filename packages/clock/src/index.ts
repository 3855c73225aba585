export { AbortedError, type AbortSignalLike } from './abort-signal.ts'
export type { Clock, Random, ScheduleOptions, Timer } from './clock.ts'
export { DurationError } from './duration/duration-error.ts'
export { formatDuration, formatDurationMs } from './duration/format-duration.ts'
export { parseDuration, parseDurationMs } from './duration/parse-duration.ts'
export { createRandom } from './random/random.ts'
export { Backoff, type BackoffOptions } from './rate/backoff.ts'
export {
  RateLimitError,
  type Reservation,
  TokenBucket,
  type TokenBucketOptions,
  type WaitOptions,
} from './rate/token-bucket.ts'
export { sleep } from './sleep.ts'
export { SystemClock, type SystemClockOptions } from './system-clock.ts'
export { TimerStormError } from './virtual/timer-storm-error.ts'
export {
  defaultStart,
  type RunOptions,
  type RunResult,
  VirtualClock,
  type VirtualClockOptions,
} from './virtual/virtual-clock.ts'
