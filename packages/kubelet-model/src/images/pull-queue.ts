import type { Clock } from '@kube-bonsai/clock'
import type { KubeletConfiguration } from '../config/configuration.ts'

/**
 * Lets only so many pulls run at a time, the others wait in the order in which they came.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/puller.go
 */
export class PullQueue {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @param limit at most so many at a time; Infinity for all */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many pulls run. */
  get running(): number {
    return this.#running
  }

  /** Runs `pull` when it is its turn; the place is free again when it has settled. */
  async run<T>(pull: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    } else this.#running++
    try {
      return await pull()
    } finally {
      // Whoever is next takes the place over, so that nobody slips in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}

/** How many pulls a configuration lets run at a time. */
export function pullLimit(configuration: KubeletConfiguration): number {
  if (configuration['serializeImagePulls'] !== false) return 1
  const most = configuration['maxParallelImagePulls']
  return typeof most === 'number' ? most : Number.POSITIVE_INFINITY
}

/** A bucket of permissions to ask registries: `burst` at once, then `rate` a second; 0 lets everything through. */
export class PullRate {
  readonly #clock: Clock
  readonly #rate: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(clock: Clock, rate: number, burst: number) {
    this.#clock = clock
    this.#rate = rate
    this.#burst = burst
    this.#tokens = burst
    this.#at = clock.now()
  }

  /** True when a pull may go out now. */
  take(): boolean {
    if (this.#rate <= 0) return true
    const now = this.#clock.now()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
