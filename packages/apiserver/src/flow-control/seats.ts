/** How many requests may be answered at once. */
export interface RequestsInflight {
  readonly max?: number
  readonly maxMutating?: number
}

/** The seats that all limited priority levels share. Throws a RangeError. */
export function seatsOf({ max = 400, maxMutating = 200 }: RequestsInflight = {}): number {
  for (const count of [max, maxMutating])
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} requests cannot be in flight`)
  if (max + maxMutating === 0)
    throw new RangeError('--max-requests-inflight and --max-mutating-requests-inflight leave no seat for any request')
  return max + maxMutating
}
