/**
 * Hands an error of a task to the host as an uncaught one, as a failing timer callback would: it is never lost, and an
 * owner of the clock who wants to keep it gives an `onError` of their own.
 */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** Runs a task; whatever it throws now or rejects with later goes to `onError`. */
export function runTask(task: () => void | Promise<void>, onError: (error: unknown) => void): void {
  try {
    const done = task()
    if (done !== undefined) Promise.resolve(done).catch(onError)
  } catch (error) {
    onError(error)
  }
}
