import { type Clock, type Timer, TokenBucket } from '@kube-bonsai/clock'
import { evictionRates } from './zones.ts'

const burst = 1

/**
 * Nodes of a zone that wait for their NoExecute taint, first come, first served, as fast as the zone's state allows: so
 * that a fault of the control plane does not drive away all pods at once.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go
 */
export class TaintQueue {
  readonly #clock: Clock
  readonly #act: (node: string) => Promise<void>
  readonly #waiting: Set<string> = new Set()
  #rate: number = evictionRates.normal
  #bucket: TokenBucket
  #timer: Timer | undefined

  /** @param act taints a node; what it rejects with is for the caller of `act` to handle */
  constructor(clock: Clock, act: (node: string) => Promise<void>) {
    this.#clock = clock
    this.#act = act
    this.#bucket = new TokenBucket(clock, { qps: this.#rate, burst })
  }

  add(node: string): void {
    this.#waiting.add(node)
    this.#pump()
  }

  remove(node: string): void {
    this.#waiting.delete(node)
    if (this.#waiting.size === 0) this.stop()
  }

  /** Nodes a second; 0 stops the queue. */
  setRate(rate: number): void {
    if (rate === this.#rate) return
    const spent = this.#rate === 0 || !this.#bucket.allow()
    this.#rate = rate
    this.#bucket = new TokenBucket(this.#clock, { qps: rate, burst })
    if (spent) this.#bucket.allow()
    this.#pump()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #pump(): void {
    this.stop()
    if (this.#rate === 0) return
    for (const node of this.#waiting) {
      if (!this.#bucket.allow()) {
        const wait = Math.ceil(((1 - this.#bucket.tokens()) / this.#rate) * 1000)
        this.#timer = this.#clock.schedule(this.#clock.now() + Math.max(1, wait), () => this.#pump())
        return
      }
      this.#waiting.delete(node)
      void this.#act(node)
    }
  }
}
