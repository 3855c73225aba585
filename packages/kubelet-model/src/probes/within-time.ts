import type { Clock } from '@kube-bonsai/clock'

/** Stands for an answer that did not come in time. */
export const late: unique symbol = Symbol('late')

/** The answer, or `late` after so many milliseconds of the clock; rejects as `answer` does. */
export async function withinTime<T>(clock: Clock, milliseconds: number, answer: Promise<T>): Promise<T | typeof late> {
  let stop = () => {}
  const timeout = new Promise<typeof late>((resolve) => {
    const timer = clock.schedule(clock.now() + milliseconds, () => resolve(late), { background: true })
    stop = () => timer.cancel()
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    stop()
  }
}
