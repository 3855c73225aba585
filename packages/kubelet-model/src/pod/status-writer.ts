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
  #running: Promise<void> = Promise.resolve()
  #again = false

  constructor(api: KubeletApi, source: StatusSource) {
    this.#api = api
    this.#source = source
  }

  /** True once a status was written, or taken over. */
  get hasWritten(): boolean {
    return this.#written !== undefined
  }

  /** What was written last. */
  get written(): PodStatus | undefined {
    return this.#written
  }

  /** Nothing of it is where it should be: the next status is written whatever it says. */
  forget(): void {
    this.#written = undefined
  }

  /** Counts as written already: an earlier kubelet did it. */
  takeOver(status: PodStatus | undefined): void {
    this.#written = status
  }

  /** Somebody else may have changed what the kubelet alone knows, as when the node counted as lost: it is written again. */
  compare(current: PodStatus | undefined): void {
    if (this.#busy || this.#written === undefined || current === undefined) return
    const written = new Map(this.#written.conditions?.map(({ type, status }) => [type, status]))
    if (
      current.conditions?.some(({ type, status }) => own.has(type) && written.has(type) && written.get(type) !== status)
    )
      this.#written = undefined
  }

  /** Resolves when the newest status is written. Never rejects. */
  write(): Promise<void> {
    if (this.#busy) this.#again = true
    else this.#running = this.#write()
    return this.#running
  }

  async #write(): Promise<void> {
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

/** Conditions that only a kubelet knows. */
const own: ReadonlySet<string> = new Set(['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'])
