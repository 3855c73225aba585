/** What this package needs of an `AbortSignal`; every host's own fits. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Thrown where a wait was given up and the signal carries no reason of its own. */
export class AbortedError extends Error {
  constructor() {
    super('the wait was aborted')
    this.name = 'AbortError'
  }
}

export const abortReason = (signal: AbortSignalLike): unknown => signal.reason ?? new AbortedError()
