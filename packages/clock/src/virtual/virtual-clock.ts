import type { Clock, ScheduleOptions, Timer } from '../clock.ts'
import { dueTime } from '../due-time.ts'
import { hostTurn } from '../host.ts'
import { reportUncaught, runTask } from '../report.ts'
import { TimerHeap } from '../timer-heap.ts'
import { Holds } from './holds.ts'
import { TimerStormError } from './timer-storm-error.ts'
import { VirtualTimer } from './virtual-timer.ts'

/** 2026-01-01T00:00:00Z, where a virtual clock starts unless told otherwise. */
export const defaultStart: number = Date.UTC(2026, 0, 1)

const defaultStormLimit = 1_000_000

/** How a virtual clock is made. */
export interface VirtualClockOptions {
  /** Milliseconds since the epoch; 2026-01-01T00:00:00Z by default. */
  readonly start?: number
  /** Resolves once all in-process promise work is done; by default one turn of the host's event loop. */
  readonly turn?: () => Promise<void>
  /** Gets what tasks throw or reject with. By default the host reports it as an uncaught error. */
  readonly onError?: (error: unknown) => void
  /** How many tasks may be added to one instant while it lasts before a {@link TimerStormError}; 1,000,000 by default. */
  readonly stormLimit?: number
}

/** How far to run. */
export interface RunOptions {
  /** Milliseconds of virtual time to run at most; without it, for as long as a foreground timer waits. */
  readonly limit?: number
}

/** Where a run ended. */
export interface RunResult {
  /** True when no foreground timer waits any more; false when the limit came first. */
  readonly settled: boolean
  /** The clock's time, in milliseconds since the epoch. */
  readonly now: number
  /** How many foreground timers still wait. */
  readonly pending: number
}

/**
 * A clock that moves only when told to: time jumps from timer to timer, in (time, sequence) order, and between two
 * instants all promise work in the process comes to its end. The same schedule gives the same order.
 *
 * Runs are queued: a second `advance` or `runUntilIdle` starts when the first has ended.
 */
export class VirtualClock implements Clock {
  readonly #heap = new TimerHeap<VirtualTimer>()
  readonly #holds = new Holds()
  readonly #turn: () => Promise<void>
  readonly #onError: (error: unknown) => void
  readonly #stormLimit: number
  #now: number
  #sequence = 0
  #foreground = 0
  #late = 0
  #run: Promise<unknown> = Promise.resolve()

  /** Throws a RangeError when `start` is not a time. */
  constructor(options: VirtualClockOptions = {}) {
    this.#now = dueTime(options.start ?? defaultStart)
    this.#turn = options.turn ?? hostTurn
    this.#onError = options.onError ?? reportUncaught
    this.#stormLimit = options.stormLimit ?? defaultStormLimit
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now
  }

  /** How many timers wait, those in the background included. */
  get size(): number {
    return this.#heap.size
  }

  /** How many timers wait that a run until idle waits for. */
  get pending(): number {
    return this.#foreground
  }

  /** How many holds have not been released. */
  get held(): number {
    return this.#holds.size
  }

  /** When the next timer is due, undefined when none waits. */
  get nextAt(): number | undefined {
    return this.#heap.peek()?.at
  }

  /** Runs `task` at `at`, or at the present instant when that is past. Throws a RangeError when `at` is not a time. */
  schedule(at: number, task: () => void | Promise<void>, options?: ScheduleOptions): Timer {
    const due = Math.max(dueTime(at), this.#now)
    const timer = new VirtualTimer(due, this.#sequence++, options?.background === true, task, this.#forget)
    this.#heap.push(timer)
    if (!timer.background) this.#foreground++
    if (due === this.#now) this.#late++
    return timer
  }

  /** Keeps time from moving until the returned function is called. Calling it again does nothing. */
  hold(): () => void {
    return this.#holds.take()
  }

  /**
   * Runs until no foreground timer waits, or until `limit` milliseconds have passed (time is at the limit then).
   * Background timers that are due before the last foreground one run as well.
   * Rejects with a {@link TimerStormError} when one instant never ends, with a RangeError when `limit` is negative.
   */
  runUntilIdle(options: RunOptions = {}): Promise<RunResult> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    if (!(limit >= 0)) return Promise.reject(new RangeError(`limit must be zero or more milliseconds, got ${limit}`))
    return this.#enqueue(() => this.#drain(Math.ceil(this.#now + limit), () => this.#foreground > 0))
  }

  /** Runs everything that is due in the next `ms` milliseconds, background timers too; time has moved by `ms` then. */
  advance(ms: number): Promise<RunResult> {
    if (!(ms >= 0)) return Promise.reject(new RangeError(`time moves forward only, got ${ms} ms`))
    return this.#enqueue(() => this.#drain(dueTime(this.#now + ms), () => true))
  }

  /** Runs everything that is due until `time`; time is `time` then. Rejects with a RangeError when that is past. */
  advanceTo(time: number): Promise<RunResult> {
    return this.#enqueue(() => {
      if (!(time >= this.#now)) throw new RangeError(`time moves forward only: it is ${this.#now}, got ${time}`)
      return this.#drain(dueTime(time), () => true)
    })
  }

  #enqueue(run: () => Promise<RunResult>): Promise<RunResult> {
    const result = this.#run.then(run)
    this.#run = result.catch(() => undefined)
    return result
  }

  async #drain(end: number, goOn: () => boolean): Promise<RunResult> {
    await this.#quiet()
    await this.#drainInstant()
    while (goOn()) {
      const next = this.#heap.peek()
      if (next === undefined || next.at > end) {
        // Only a run with an end gets here with nothing due before it.
        this.#now = end
        break
      }
      this.#now = next.at
      await this.#drainInstant()
    }
    return { settled: this.#foreground === 0, now: this.#now, pending: this.#foreground }
  }

  /** Runs what is due now, and what that adds to this instant, until nothing is left and no hold is out. */
  async #drainInstant(): Promise<void> {
    this.#late = 0
    do {
      this.#runDue()
      await this.#quiet()
    } while (this.#isDue())
  }

  /** Waits until all promise work is done and no hold is out. */
  async #quiet(): Promise<void> {
    await this.#turn()
    while (this.#holds.size > 0) {
      await this.#holds.released()
      await this.#turn()
    }
  }

  #isDue(): boolean {
    const next = this.#heap.peek()
    return next !== undefined && next.at <= this.#now
  }

  #runDue(): void {
    for (;;) {
      const next = this.#heap.peek()
      if (next === undefined || next.at > this.#now) return
      if (this.#late > this.#stormLimit) throw new TimerStormError(this.#now, this.#late)
      this.#forget(next)
      runTask(next.task, this.#onError)
    }
  }

  readonly #forget = (timer: VirtualTimer): void => {
    if (this.#heap.remove(timer) && !timer.background) this.#foreground--
  }
}
