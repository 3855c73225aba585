/** More tasks wanted to run at one instant than any healthy system has: something schedules itself without waiting. */
export class TimerStormError extends Error {
  readonly kind = 'TimerStorm'
  /** The instant, in milliseconds since the epoch. */
  readonly at: number
  /** How many tasks had run at that instant. */
  readonly ran: number

  constructor(at: number, ran: number) {
    super(
      `${ran} tasks scheduled at ${new Date(at).toISOString()} have run and more are due at the same instant: ` +
        'a task seems to schedule itself without a delay',
    )
    this.name = 'TimerStormError'
    this.at = at
    this.ran = ran
  }
}
