import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { missingVolumes } from './missing-volumes.ts'
import type { WorkerContext } from './worker-context.ts'

/** Half a second doubling to about two minutes. */
const shortest = 500
const longest = 122_000
/** After so many tries nobody needs to wait for the next one. */
const tries = 5

/** Waits until everything that a pod mounts is there. */
export class MountWait {
  readonly #context: WorkerContext
  readonly #retryIn: (milliseconds: number, background: boolean) => void
  #failures = 0

  /** @param retryIn called when it is worth another try in so many milliseconds */
  constructor(context: WorkerContext, retryIn: (milliseconds: number, background: boolean) => void) {
    this.#context = context
    this.#retryIn = retryIn
  }

  /** False while something is not there; asks to be tried again then. */
  isOver(pod: Pod): boolean {
    const { api } = this.#context
    const missing = missingVolumes(pod, api.objects)
    if (missing.length === 0) return true
    for (const { message } of missing) api.event(pod, 'Warning', 'FailedMount', message)
    const wait = Math.min(shortest * 2 ** this.#failures, longest)
    this.#failures++
    this.#retryIn(wait, this.#failures > tries)
    return false
  }
}
