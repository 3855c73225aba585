import type { Clock } from '@kube-bonsai/clock'

/** How a priority level limits the requests that run at once. */
export interface LevelLimits {
  /** How many may run; Infinity for exempt levels. */
  readonly seats: number
  /** 0 for levels that reject what they cannot run at once. */
  readonly queues: number
  readonly handSize: number
  /** How many may wait in one queue. */
  readonly queueLength: number
}

/** A request waits no longer, in milliseconds: a quarter of the time that requests have. */
const longestWait = 15_000

/** What one level counts. */
export interface LevelCounts {
  /** 0 for exempt levels. */
  readonly seats: number
  readonly executing: number
  readonly waiting: number
  readonly activeQueues: number
  readonly dispatched: number
  readonly rejected: number
  readonly timedOut: number
}

interface Waiting {
  readonly queue: number
  /** Answers whether it may run. */
  readonly settle: (admitted: boolean) => void
}

/**
 * Seats of one priority level, and the queues before them. Flows are dealt to queues by their hash, and queues take turns, so that no
 * flow that asks much keeps others from their turn.
 *
 * @see https://kep.k8s.io/1040
 */
export class Level {
  #limits: LevelLimits
  readonly #clock: Clock
  readonly #queues: Map<number, Waiting[]> = new Map()
  #executing = 0
  #waiting = 0
  #turn = -1
  #dispatched = 0
  #rejected = 0
  #timedOut = 0

  constructor(clock: Clock, limits: LevelLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Other limits for what comes from now on; those who wait keep their place. */
  set limits(limits: LevelLimits) {
    this.#limits = limits
    this.#dispatch()
  }

  get counts(): LevelCounts {
    const { seats } = this.#limits
    return {
      seats: Number.isFinite(seats) ? seats : 0,
      executing: this.#executing,
      waiting: this.#waiting,
      activeQueues: this.#queues.size,
      dispatched: this.#dispatched,
      rejected: this.#rejected,
      timedOut: this.#timedOut,
    }
  }

  /** Takes a seat, or waits for one. False when there is no room to wait in, or when it took too long. */
  enter(flow: string): boolean | Promise<boolean> {
    const { seats, queues, queueLength } = this.#limits
    if (this.#executing < seats && this.#waiting === 0) {
      this.#executing++
      this.#dispatched++
      return true
    }
    const queue = queues === 0 ? -1 : this.#shortestOfHand(flow)
    const line = this.#queues.get(queue) ?? []
    if (queue < 0 || line.length >= queueLength) {
      this.#rejected++
      return false
    }
    return new Promise((resolve) => this.#wait(queue, line, resolve))
  }

  /** Gives a seat back. */
  leave(): void {
    this.#executing--
    this.#dispatch()
  }

  #wait(queue: number, line: Waiting[], resolve: (admitted: boolean) => void): void {
    const timer = this.#clock.schedule(this.#clock.now() + longestWait, () => {
      line.splice(line.indexOf(waiting), 1)
      if (line.length === 0) this.#queues.delete(queue)
      this.#waiting--
      this.#timedOut++
      resolve(false)
    })
    const waiting: Waiting = {
      queue,
      settle: (admitted) => {
        timer.cancel()
        resolve(admitted)
      },
    }
    line.push(waiting)
    this.#queues.set(queue, line)
    this.#waiting++
  }

  #dispatch(): void {
    while (this.#executing < this.#limits.seats && this.#waiting > 0) {
      const queue = this.#nextQueue()
      const line = this.#queues.get(queue) ?? []
      const next = line.shift()
      if (line.length === 0) this.#queues.delete(queue)
      if (next === undefined) return
      this.#turn = queue
      this.#waiting--
      this.#executing++
      this.#dispatched++
      next.settle(true)
    }
  }

  /** The first queue after the last one that had its turn. */
  #nextQueue(): number {
    let first = Number.POSITIVE_INFINITY
    let after = Number.POSITIVE_INFINITY
    for (const queue of this.#queues.keys()) {
      first = Math.min(first, queue)
      if (queue > this.#turn) after = Math.min(after, queue)
    }
    return after === Number.POSITIVE_INFINITY ? first : after
  }

  #shortestOfHand(flow: string): number {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (const queue of handOf(flow, this.#limits)) {
      const length = this.#queues.get(queue)?.length ?? 0
      if (length < least) [best, least] = [queue, length]
    }
    return best
  }
}

/** The queues that a flow is dealt: always the same ones, no one twice. */
export function handOf(
  flow: string,
  { queues, handSize }: Pick<LevelLimits, 'queues' | 'handSize'>,
): readonly number[] {
  let state = 2_166_136_261
  for (let at = 0; at < flow.length; at++) state = Math.imul(state ^ flow.charCodeAt(at), 16_777_619) >>> 0
  const deck = Array.from({ length: queues }, (_, queue) => queue)
  const hand: number[] = []
  for (let dealt = 0; dealt < Math.min(handSize, queues); dealt++) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0
    const at = dealt + (state % (queues - dealt))
    const card = deck[at] ?? 0
    deck[at] = deck[dealt] ?? 0
    hand.push(card)
  }
  return hand
}
