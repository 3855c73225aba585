import { isNotFound, type KubeObject, type Stored, statusCause } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import { pods } from '../api/known.ts'
import { namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf } from '../api/resources.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { errorText } from './error-text.ts'

/** Says whether a creation failed because its namespace is going away. */
export function isNamespaceTerminating(error: unknown): boolean {
  return statusCause(error, 'NamespaceTerminating') !== undefined
}

/** Creates and deletes pods on behalf of an owner, with upstream's Events. @see pkg/controller/controller_utils.go */
export class PodControl {
  readonly #client: Client
  readonly #recorder: EventRecorder

  constructor(client: Client, recorder: EventRecorder) {
    this.#client = client
    this.#recorder = recorder
  }

  /** Creates a pod. Rejects with the server's failure, after an Event. */
  async create(owner: Stored<KubeObject>, pod: PodDraft): Promise<Pod> {
    try {
      const created = await clientOf(this.#client, pods, namespaceOf(owner)).create(pod)
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`)
      return created
    } catch (error) {
      if (!isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${errorText(error)}`)
      }
      throw error
    }
  }

  /** Deletes a pod; says whether it was still there. Rejects with any other failure, after an Event. */
  async delete(owner: Stored<KubeObject>, pod: Pod): Promise<boolean> {
    try {
      await clientOf(this.#client, pods, namespaceOf(owner)).delete(pod.metadata.name)
      this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${errorText(error)}`)
      throw error
    }
  }
}
