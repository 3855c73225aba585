/** How a slow start ended. */
export interface SlowStartResult {
  /** How many calls succeeded. */
  readonly succeeded: number
  /** How many calls were made. */
  readonly made: number
  readonly error?: unknown
}

/**
 * Calls `work` with 0 to `count` - 1 in batches of `initial`, twice as many, and so on; a batch with a failure is the last.
 *
 * @see pkg/controller/replicaset/replica_set.go
 */
export async function slowStart(
  count: number,
  work: (index: number) => Promise<void>,
  initial = 1,
): Promise<SlowStartResult> {
  let made = 0
  let succeeded = 0
  for (let size = Math.min(initial, count); size > 0; size = Math.min(size * 2, count - made)) {
    const start = made
    const results = await Promise.allSettled(Array.from({ length: size }, (_, i) => work(start + i)))
    made += size
    succeeded += results.filter((result) => result.status === 'fulfilled').length
    const failure = results.find((result) => result.status === 'rejected')
    if (failure !== undefined) return { succeeded, made, error: failure.reason }
  }
  return { succeeded, made }
}
