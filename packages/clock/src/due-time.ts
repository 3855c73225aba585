/** Whole milliseconds, never earlier than asked. Throws a RangeError for what is no time. */
export function dueTime(at: number): number {
  const due = Math.ceil(at)
  if (!Number.isSafeInteger(due)) {
    throw new RangeError(`a timer needs a time in milliseconds since the epoch, got ${at}`)
  }
  return due
}
