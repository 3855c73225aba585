import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'

/** The event and the status of a pod that was active for too long. */
export const deadlineExceeded = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const

/**
 * Tells when a pod has been active for as long as it may; no timer for pods that may be for ever.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/active_deadline.go
 */
export class ActiveDeadline {
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #passed: () => void
  #timer: Timer | undefined

  /** @param startedAt milliseconds since the epoch */
  constructor(clock: Clock, startedAt: number, passed: () => void) {
    this.#clock = clock
    this.#startedAt = startedAt
    this.#passed = passed
  }

  /** Goes by what the pod says now. */
  watch(pod: Pod): void {
    const seconds = pod.spec?.activeDeadlineSeconds
    this.cancel()
    if (seconds !== undefined) this.#timer = this.#clock.schedule(this.#startedAt + seconds * 1000, this.#passed)
  }

  cancel(): void {
    this.#timer?.cancel()
  }
}
