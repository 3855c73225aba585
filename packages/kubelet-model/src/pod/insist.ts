import type { Clock } from '@kube-bonsai/clock'

const pause = 10_000

/** How long somebody insists, and whom they complain to. */
export interface InsistOptions {
  readonly clock: Clock
  failed(error: unknown): void
  /** True when it is no use any more. */
  isOver(): boolean
}

/** Does something every ten seconds until it can be done, or is no use any more. Never rejects. */
export async function insist(work: () => Promise<void>, { clock, failed, isOver }: InsistOptions): Promise<void> {
  for (let done = false; !done; ) {
    try {
      await work()
      done = true
    } catch (error) {
      failed(error)
      await new Promise<void>((resolve) => {
        clock.schedule(clock.now() + pause, resolve, { background: true })
      })
      done = isOver()
    }
  }
}
