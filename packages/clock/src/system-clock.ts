import type { Clock, ScheduleOptions, Timer } from './clock.ts'
import { dueTime } from './due-time.ts'
import { type HostTimer, hostNow, startTimer, stopTimer, unrefTimer } from './host.ts'
import { reportUncaught, runTask } from './report.ts'

/** Hosts keep delays in 32 bits and fire at once when one is longer (24.8 days). */
const longestDelay = 0x7fffffff

/** How a system clock is made. */
export interface SystemClockOptions {
  /** Gets what tasks throw or reject with. By default the host reports it as an uncaught error. */
  readonly onError?: (error: unknown) => void
}

/**
 * The host's time and timers. Timers wait for as long as they must, months included, and never fire early.
 * Background timers do not keep a Node process alive.
 */
export class SystemClock implements Clock {
  readonly #onError: (error: unknown) => void

  constructor(options: SystemClockOptions = {}) {
    this.#onError = options.onError ?? reportUncaught
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return hostNow()
  }

  /** Runs `task` once at `at`, never synchronously. Throws a RangeError when `at` is not a time. */
  schedule(at: number, task: () => void | Promise<void>, options?: ScheduleOptions): Timer {
    const due = dueTime(at)
    const background = options?.background === true
    let timer: HostTimer
    const arm = (): void => {
      timer = startTimer(fire, Math.min(Math.max(due - hostNow(), 0), longestDelay))
      if (background) unrefTimer(timer)
    }
    const fire = (): void => {
      // Hosts round delays, and long ones come in parts.
      if (hostNow() < due) arm()
      else runTask(task, this.#onError)
    }
    arm()
    return { at: due, cancel: () => stopTimer(timer) }
  }

  /** Real time does not wait for anybody; the returned function does nothing. */
  hold(): () => void {
    return () => undefined
  }
}
