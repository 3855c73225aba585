import type { Clock, Random } from '../clock.ts'

/** How waits grow. Times are milliseconds. */
export interface BackoffOptions {
  /** The first wait. */
  readonly initial: number
  /** The longest wait. */
  readonly max: number
  /** What a wait is multiplied with for the next one; 2 by default. */
  readonly factor?: number
  /** Up to this share of a wait is added to it, by chance; 0 by default, above 0 it needs `random`. */
  readonly jitter?: number
  readonly random?: Random
  /** When an item starts over. By default once nothing happened for more than twice `max`. */
  readonly hasExpired?: (eventTime: number, lastUpdate: number, max: number) => boolean
}

interface Entry {
  readonly wait: number
  readonly lastUpdate: number
}

const afterTwiceTheLongest = (eventTime: number, lastUpdate: number, max: number): boolean =>
  eventTime - lastUpdate > 2 * max

/**
 * Exponential back-off for many items, each by its own key.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/client-go/util/flowcontrol/backoff.go
 */
export class Backoff {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  readonly #initial: number
  readonly #max: number
  readonly #factor: number
  readonly #jitter: number
  readonly #random: Random | undefined
  readonly #hasExpired: (eventTime: number, lastUpdate: number, max: number) => boolean

  /** Throws a RangeError when a time or factor is negative or no number, or when jitter lacks randomness. */
  constructor(clock: Clock, options: BackoffOptions) {
    const { initial, max, factor = 2, jitter = 0, random } = options
    for (const [name, value] of Object.entries({ initial, max, factor, jitter })) {
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
        throw new RangeError(`${name} must be zero or more, got ${value}`)
    }
    if (jitter > 0 && random === undefined) throw new RangeError('jitter needs a source of randomness')
    this.#clock = clock
    this.#initial = initial
    this.#max = max
    this.#factor = factor
    this.#jitter = jitter
    this.#random = random
    this.#hasExpired = options.hasExpired ?? afterTwiceTheLongest
  }

  /** How many items are known. */
  get size(): number {
    return this.#entries.size
  }

  /** The present wait of an item in milliseconds, 0 when it is not known. */
  get(id: string): number {
    return this.#entries.get(id)?.wait ?? 0
  }

  /** Moves an item on after an event at `eventTime` (now by default) and returns its new wait in milliseconds. */
  next(id: string, eventTime: number = this.#clock.now()): number {
    const entry = this.#entries.get(id)
    const fresh = entry === undefined || this.#expired(entry, eventTime)
    // As upstream: the first wait is not capped, and jitter is a share of the wait before.
    const wait = fresh
      ? this.#initial + this.#chance(this.#initial)
      : Math.min(entry.wait * this.#factor + this.#chance(entry.wait), this.#max)
    this.#entries.set(id, { wait, lastUpdate: this.#clock.now() })
    return wait
  }

  /** Forgets an item. */
  reset(id: string): void {
    this.#entries.delete(id)
  }

  /** True while less than the wait has passed since `eventTime`. */
  isInBackOffSince(id: string, eventTime: number): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined || this.#expired(entry, eventTime)) return false
    return this.#clock.now() - eventTime < entry.wait
  }

  /** True when `eventTime` is less than the wait after the last {@link Backoff.next}. */
  isInBackOffSinceUpdate(id: string, eventTime: number): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined || this.#expired(entry, eventTime)) return false
    return eventTime - entry.lastUpdate < entry.wait
  }

  /** Forgets the items that would start over anyway. To be called now and then. */
  gc(): void {
    const now = this.#clock.now()
    for (const [id, entry] of this.#entries) if (this.#expired(entry, now)) this.#entries.delete(id)
  }

  #expired(entry: Entry, eventTime: number): boolean {
    return this.#hasExpired(eventTime, entry.lastUpdate, this.#max)
  }

  #chance(wait: number): number {
    if (this.#random === undefined || this.#jitter === 0) return 0
    return Math.trunc((this.#random.int(0x100000000) / 0x100000000) * this.#jitter * wait)
  }
}
