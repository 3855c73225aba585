import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { podKey } from '../framework/pod-info.ts'

/** Pods whose victims are still being evicted: they are held back until that is over. */
export class OngoingPreemptions {
  /** Preemptor to the key of the one victim that is left to evict, if it is down to one. */
  readonly #ongoing: Map<string, string | undefined> = new Map()

  start(preemptor: string): void {
    this.#ongoing.set(preemptor, undefined)
  }

  /** All victims but this one are evicted. */
  lastVictim(preemptor: string, victim: Pod): void {
    if (this.#ongoing.has(preemptor)) this.#ongoing.set(preemptor, podKey(victim))
  }

  finish(preemptor: string): void {
    this.#ongoing.delete(preemptor)
  }

  /** A pod is gone or going: whoever waited for it alone need not wait any longer. */
  podLeaves(pod: Pod): void {
    if (this.#ongoing.size === 0) return
    const key = podKey(pod)
    for (const [preemptor, victim] of this.#ongoing) if (victim === key) this.#ongoing.delete(preemptor)
  }

  has(preemptor: string): boolean {
    return this.#ongoing.has(preemptor)
  }
}
