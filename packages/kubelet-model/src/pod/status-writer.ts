import type { Pod, PodStatus } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import type { KubeletApi } from '../node/kubelet-api.ts'

/** What a status writer asks of its pod. */
export interface StatusSource {
  /** The pod as the API has it. */
  pod(): Pod
  /** Its status as it is now; undefined when nobody wants to know any more. */
  status(): PodStatus | undefined
  /** A write was refused: it should be tried again later. */
  failed(error: unknown): void
}

/**
 * Writes a pod's status when it differs from what was written last. One write at a time; the newest state wins.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/status/status_manager.go
 */
export class StatusWriter {
  readonly #api: KubeletApi
  readonly #source: StatusSource
  #written: PodStatus | undefined
  #busy = false
  #again = false

  constructor(api: KubeletApi, source: StatusSource) {
    this.#api = api
    this.#source = source
  }

  /** True once a status was written, or taken over. */
  get hasWritten(): boolean {
    return this.#written !== undefined
  }

  /** Counts as written already: an earlier kubelet did it. */
  takeOver(status: PodStatus | undefined): void {
    this.#written = status
  }

  /** Resolves when the newest status is written, or another call writes it. Never rejects. */
  async write(): Promise<void> {
    if (this.#busy) {
      this.#again = true
      return
    }
    this.#busy = true
    try {
      do {
        this.#again = false
        const status = this.#source.status()
        if (status === undefined || deepEqual(status, this.#written)) continue
        const pod = this.#source.pod()
        const before = this.#written ?? pod.status
        this.#written = status
        const there = await this.#api.writeStatus({ ...pod, ...(before && { status: before }) }, status)
        if (!there) return
      } while (this.#again)
    } catch (error) {
      this.#written = undefined
      this.#source.failed(error)
    } finally {
      this.#busy = false
    }
  }
}
