import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, sleep } from '@kube-bonsai/clock'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { ProbeTracker } from '../probes/probe-tracker.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { newestByName } from './containers.ts'
import type { WorkerContext } from './pod-worker.ts'

/**
 * Ends the containers of one pod: hooks, then SIGTERM to the main ones together, then to the sidecars in reverse order;
 * SIGKILL to whatever is left when the grace is over.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_container.go killContainersWithSyncResult
 */
export class PodTerminator {
  readonly #context: WorkerContext
  readonly #probes: ProbeTracker
  #deadline = Number.POSITIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(context: WorkerContext, probes: ProbeTracker) {
    this.#context = context
    this.#probes = probes
  }

  /** Stops everything within `grace` milliseconds. A second call joins the first. */
  stopAll(pod: Pod, grace: number): Promise<void> {
    this.#deadline = Math.min(this.#deadline, this.#context.clock.now() + grace)
    this.#running ??= this.#stop(pod).finally(() => {
      this.#running = undefined
      this.#deadline = Number.POSITIVE_INFINITY
    })
    return this.#running
  }

  /** The pod's grace was shortened while it ends. */
  hurry(pod: Pod): void {
    if (this.#running === undefined) return
    const { clock, runtime } = this.#context
    const grace = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    if (clock.now() + grace >= this.#deadline) return
    this.#deadline = clock.now() + grace
    for (const record of runtime.list(pod.metadata.uid ?? '')) void runtime.stop(record.id, grace)
  }

  async #stop(pod: Pod): Promise<void> {
    const records = newestByName(this.#context.runtime.list(pod.metadata.uid ?? ''))
    const running = (container: Container) => records.get(container.name)?.state === 'running'
    const init = pod.spec?.initContainers ?? []
    const first = [...(pod.spec?.containers ?? []), ...init.filter((container) => !isSidecar(container))].filter(
      running,
    )
    await Promise.all(first.map((container) => this.#stopOne(pod, container, records.get(container.name))))
    for (const sidecar of init.filter(isSidecar).filter(running).reverse()) {
      await this.#stopOne(pod, sidecar, records.get(sidecar.name))
    }
  }

  async #stopOne(pod: Pod, container: Container, record: ContainerRecord | undefined): Promise<void> {
    if (record === undefined) return
    const { api, runtime, clock } = this.#context
    this.#probes.end(container.name)
    api.event(pod, 'Normal', 'Killing', `Stopping container ${container.name}`)
    const hook = container.lifecycle?.preStop?.sleep?.seconds
    if (hook !== undefined && hook > 0) await sleepUntil(clock, Math.min(clock.now() + hook * 1000, this.#deadline))
    // A container whose hook took all the time still gets two seconds.
    const grace = Math.max(this.#deadline - clock.now(), hook === undefined ? 0 : 2000)
    await runtime.stop(record.id, grace)
  }
}

function sleepUntil(clock: Clock, time: number): Promise<void> {
  return sleep(clock, Math.max(0, time - clock.now()))
}
