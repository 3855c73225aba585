import type { Clock, Random } from '@kube-bonsai/clock'

/** How waits grow. Times in milliseconds. */
export interface GrowingWaitOptions {
  /** The first wait. */
  readonly initial: number
  /** Each wait is this many times the one before. */
  readonly factor: number
  /** No wait is longer, before jitter. */
  readonly max: number
  /** Up to this share of the wait is added at random: 1 makes 800 ms anything up to 1600 ms. */
  readonly jitter: number
  /** Begins anew when this long has passed since the last wait was asked for. */
  readonly resetAfter?: number
}

/** Hands out growing waits. @see staging/src/k8s.io/apimachinery/pkg/util/wait/backoff.go */
export class GrowingWait {
  readonly #options: GrowingWaitOptions
  readonly #clock: Clock
  readonly #random: Random
  #next: number
  #asked: number

  constructor(options: GrowingWaitOptions, clock: Clock, random: Random) {
    this.#options = options
    this.#clock = clock
    this.#random = random
    this.#next = options.initial
    this.#asked = clock.now()
  }

  /** Says whether waits have grown as long as they get. */
  get exhausted(): boolean {
    return this.#next >= this.#options.max
  }

  /** The next wait in whole milliseconds. */
  next(): number {
    const { initial, factor, max, jitter, resetAfter } = this.#options
    const now = this.#clock.now()
    if (resetAfter !== undefined && now - this.#asked > resetAfter) this.#next = initial
    this.#asked = now
    const wait = Math.min(this.#next, max)
    this.#next = Math.min(max, this.#next * factor)
    return Math.round(wait * (1 + (jitter * this.#random.int(1_000_001)) / 1_000_000))
  }
}
