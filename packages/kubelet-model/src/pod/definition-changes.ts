import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { ContainerRecord } from '../runtime/container-runtime.ts'

/** What it takes to start a container over because its definition has changed. */
export interface DefinitionHost {
  /** Ends a container of a pod that goes on. */
  kill(container: Container, record: ContainerRecord, message: string): Promise<void>
  /** Starts it again at once. */
  start(pod: Pod, container: Container): Promise<unknown>
  /** True when the pod is to end. */
  isEnding(): boolean
}

/**
 * Starts containers over whose image is no longer the one that they run, whatever the pod's restart policy. Of what can
 * change in a container, only its image matters.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go containerChanged
 */
export class DefinitionChanges {
  readonly #host: DefinitionHost
  #busy = false

  constructor(host: DefinitionHost) {
    this.#host = host
  }

  /** True from when a container is ended until it runs again: what its pod looks like meanwhile is not to be told. */
  get isBusy(): boolean {
    return this.#busy
  }

  async apply(pod: Pod, records: ReadonlyMap<string, ContainerRecord>): Promise<void> {
    for (const { container, record, message } of changedContainers(pod, records)) {
      this.#busy = true
      try {
        await this.#host.kill(container, record, message)
        if (this.#host.isEnding()) return
        await this.#host.start(pod, container)
      } finally {
        this.#busy = false
      }
      if (this.#host.isEnding()) return
    }
  }
}

function changedContainers(pod: Pod, records: ReadonlyMap<string, ContainerRecord>) {
  const { initContainers = [], containers = [] } = pod.spec ?? {}
  const changed = (container: Container, message: string) => {
    const record = records.get(container.name)
    const isChanged = record?.state === 'running' && record.image !== (container.image ?? '')
    return isChanged ? [{ container, record, message }] : []
  }
  return [
    ...initContainers
      .filter(isSidecar)
      .flatMap((container) => changed(container, `Init container ${container.name} definition changed`)),
    ...containers.flatMap((container) =>
      changed(container, `Container ${container.name} definition changed, will be restarted`),
    ),
  ]
}
