import { type AbortSignalLike, abortReason } from '../abort-signal.ts'
import type { Clock } from '../clock.ts'
import { sleep } from '../sleep.ts'

/** How many events are let through. */
export interface TokenBucketOptions {
  /** Events per second; `Infinity` lets everything through, 0 nothing once the burst is spent. */
  readonly qps: number
  /** How many events may come at once. */
  readonly burst: number
}

/** A place in the line. */
export interface Reservation {
  /** False when more was asked for than the bucket holds; nothing was taken then. */
  readonly ok: boolean
  /** Whole milliseconds from now until one may act, 0 for at once, `Infinity` when not ok. */
  delay(): number
  /** Gives back what later reservations have not built upon. */
  cancel(): void
}

/** Thrown where waiting cannot help. */
export class RateLimitError extends Error {
  readonly kind: 'burst' | 'deadline'

  constructor(kind: RateLimitError['kind'], message: string) {
    super(message)
    this.name = 'RateLimitError'
    this.kind = kind
  }
}

/** How long to wait at most. */
export interface WaitOptions {
  readonly signal?: AbortSignalLike
  /** Gives up at once, with a {@link RateLimitError}, when the turn comes after this many milliseconds. */
  readonly timeout?: number
}

interface Grant {
  readonly ok: boolean
  readonly count: number
  /** Milliseconds since the bucket was made, with a fraction. */
  readonly act: number
}

/**
 * A rate limiter with Go's semantics (`golang.org/x/time/rate`): a bucket of `burst` tokens that fills at `qps` tokens
 * a second. Reservations count at once, so that waiters go in the order in which they came.
 *
 * @see https://pkg.go.dev/golang.org/x/time/rate
 */
export class TokenBucket {
  readonly #clock: Clock
  readonly #origin: number
  readonly #qps: number
  readonly #burst: number
  #tokens: number
  #last = 0
  #lastEvent = 0

  /** Starts full. Throws a RangeError when a number is negative or none. */
  constructor(clock: Clock, options: TokenBucketOptions) {
    const { qps, burst } = options
    if (!(qps >= 0)) throw new RangeError(`qps must be zero or more, got ${qps}`)
    if (!(burst >= 0)) throw new RangeError(`burst must be zero or more, got ${burst}`)
    this.#clock = clock
    this.#origin = clock.now()
    this.#qps = qps
    this.#burst = burst
    this.#tokens = burst
  }

  /** How many tokens there are now; negative when some are promised already. */
  tokens(): number {
    return this.#filled(this.#time())
  }

  /** Takes `count` tokens if they are there now; false and nothing taken otherwise. */
  allow(count = 1): boolean {
    return this.#grant(this.#time(), count, 0).ok
  }

  /** Takes `count` tokens, from the future if need be. */
  reserve(count = 1): Reservation {
    const grant = this.#grant(this.#time(), count, Number.POSITIVE_INFINITY)
    return {
      ok: grant.ok,
      // Clocks count whole milliseconds: never early.
      delay: () => (grant.ok ? Math.max(0, Math.ceil(grant.act - this.#time())) : Number.POSITIVE_INFINITY),
      cancel: () => this.#giveBack(grant),
    }
  }

  /**
   * Resolves when `count` tokens are there. Rejects with a {@link RateLimitError} when that can never be or would take
   * longer than the timeout, and with the signal's reason when that aborts; the tokens are given back then.
   */
  async wait(count = 1, options: WaitOptions = {}): Promise<void> {
    const { signal, timeout = Number.POSITIVE_INFINITY } = options
    if (count > this.#burst && this.#qps !== Number.POSITIVE_INFINITY) {
      throw new RateLimitError('burst', `rate: Wait(n=${count}) exceeds limiter's burst ${this.#burst}`)
    }
    if (signal?.aborted === true) throw abortReason(signal)
    const now = this.#time()
    const grant = this.#grant(now, count, timeout)
    if (!grant.ok || grant.act === Number.POSITIVE_INFINITY) {
      throw new RateLimitError('deadline', `rate: Wait(n=${count}) would exceed context deadline`)
    }
    if (grant.act <= now) return
    try {
      await sleep(this.#clock, Math.ceil(grant.act - now), signal)
    } catch (error) {
      this.#giveBack(grant)
      throw error
    }
  }

  #time(): number {
    return this.#clock.now() - this.#origin
  }

  #filled(now: number): number {
    const elapsed = Math.max(0, now - this.#last)
    return Math.min(this.#burst, this.#tokens + (elapsed / 1000) * this.#qps)
  }

  /** Milliseconds until `tokens` have dripped in, cut to nanoseconds as Go's durations are. */
  #duration(tokens: number): number {
    return this.#qps <= 0 ? Number.POSITIVE_INFINITY : Math.trunc((tokens / this.#qps) * 1e9) / 1e6
  }

  #grant(now: number, count: number, longest: number): Grant {
    if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError(`a count must be zero or more, got ${count}`)
    if (this.#qps === Number.POSITIVE_INFINITY) return { ok: true, count, act: now }
    const left = this.#filled(now) - count
    const delay = left < 0 ? this.#duration(-left) : 0
    const ok = count <= this.#burst && delay <= longest
    const act = now + delay
    if (!ok) return { ok, count: 0, act }
    this.#last = now
    this.#tokens = left
    this.#lastEvent = act
    return { ok, count, act }
  }

  #giveBack({ ok, count, act }: Grant): void {
    const now = this.#time()
    if (!ok || this.#qps === Number.POSITIVE_INFINITY || count === 0 || act < now) return
    // What was reserved later counted on these tokens being gone.
    const restored = count - ((this.#lastEvent - act) / 1000) * this.#qps
    if (!(restored > 0)) return
    this.#tokens = Math.min(this.#burst, this.#filled(now) + restored)
    this.#last = now
    if (act !== this.#lastEvent) return
    const before = act - this.#duration(count)
    if (before >= now) this.#lastEvent = before
  }
}
