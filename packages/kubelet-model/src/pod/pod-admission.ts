import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { countRejection } from '../node/admission.ts'
import type { WorkerContext } from './worker-context.ts'

/** What becomes of a pod that asked to be taken in. */
export interface AdmissionEvents {
  /** The node takes it in. */
  admitted(): void
  /** The node does not; the pod has failed. */
  refused(): void
  /** Others have made room for it, and it was looked at again. */
  decided(): void
  /** False when nobody waits for the answer any more. */
  isWanted(): boolean
}

/**
 * Asks the node to take one pod in. A critical pod may have to wait until others have made room.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/allocation/allocation_manager.go AddPod
 */
export class PodAdmission {
  readonly #context: WorkerContext
  readonly #events: AdmissionEvents
  #admitted = false
  #rejection: { readonly reason: string; readonly message: string } | undefined

  constructor(context: WorkerContext, events: AdmissionEvents) {
    this.#context = context
    this.#events = events
  }

  /** Set once the node has taken the pod in: until then nothing of it is made. */
  get isAdmitted(): boolean {
    return this.#admitted
  }

  /** Why the node does not take the pod. */
  get rejection(): { readonly reason: string; readonly message: string } | undefined {
    return this.#rejection
  }

  /** @param pod gives the pod as it is when it is looked at */
  ask(pod: () => Pod): void {
    const { allocation, api, metrics, preempt } = this.#context
    const answer = allocation.admit(pod())
    if (answer.admit) {
      this.#admitted = true
      this.#events.admitted()
      return
    }
    if (answer.preempt !== undefined) {
      void preempt(answer.preempt, answer.reason).then(() => {
        if (!this.#events.isWanted()) return
        this.ask(pod)
        this.#events.decided()
      })
      return
    }
    this.#rejection = { reason: answer.reason, message: answer.message }
    api.event(pod(), 'Warning', answer.reason, answer.message)
    countRejection(metrics, answer.reason)
    this.#events.refused()
  }
}
