/** A task that waits for its time. */
export interface Timer {
  /** Milliseconds since the epoch at which the task is due. */
  readonly at: number
  /** Forgets the task. Harmless when it has run already. */
  cancel(): void
}

/** How a task takes part in settling. */
export interface ScheduleOptions {
  /**
   * True for what goes on for ever in a healthy cluster (heartbeats, resyncs, the later waits of a crash loop):
   * it runs when its time comes, but nobody waits for it when asking whether a cluster has settled.
   */
  readonly background?: boolean
}

/** The only source of time and waiting. Times are whole milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Runs `task` once at `at` (at once, but never synchronously, when that is past). What the task throws goes to the clock's error handler. */
  schedule(at: number, task: () => void | Promise<void>, options?: ScheduleOptions): Timer
  /**
   * Says that work is going on that no timer shows (a request in flight, a module being loaded).
   * A virtual clock does not move on, and nothing counts as settled, until the returned function is called.
   */
  hold(): () => void
}

/** Seeded randomness: the same seed gives the same sequence. Never used where secrecy matters. */
export interface Random {
  /** An integer from 0 to `bound` - 1. Throws a RangeError when `bound` is not a positive safe integer. */
  int(bound: number): number
  /** `length` characters of Kubernetes' alphabet for generated names (bcdfghjklmnpqrstvwxz2456789). */
  suffix(length: number): string
  /** An RFC 4122 version 4 UUID. */
  uuid(): string
  /** A generator of its own for one purpose; draws from one do not shift the other. */
  fork(label: string): Random
}
