import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { ProbeTracker } from '../probes/probe-tracker.ts'
import { ContainerKiller } from './container-killer.ts'
import { newestByName } from './containers.ts'
import type { WorkerContext } from './worker-context.ts'

/**
 * Ends the containers of one pod: the hooks of all at once, then SIGTERM to the main ones together, then to the sidecars in
 * reverse order; SIGKILL to whatever is left when the grace is over.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_termination_order.go
 */
export class PodTerminator {
  readonly #context: WorkerContext
  readonly #probes: ProbeTracker
  readonly #killer: ContainerKiller
  readonly #podIP: () => string
  #deadline = Number.POSITIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(context: WorkerContext, probes: ProbeTracker, podIP: () => string) {
    this.#context = context
    this.#probes = probes
    this.#killer = new ContainerKiller(context)
    this.#podIP = podIP
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
    // Whoever waits for them to end hears of what goes wrong.
    for (const record of runtime.list(pod.metadata.uid ?? '')) runtime.stop(record.id, grace).catch(() => {})
  }

  async #stop(pod: Pod): Promise<void> {
    const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
    const main = containers.map((container) => this.#end(pod, container, []))
    const others = [...initContainers.filter((container) => !isSidecar(container)), ...ephemeralContainers]
    const all = [...main, ...others.map((container) => this.#end(pod, container, []))]
    let later: readonly Promise<void>[] = []
    for (const sidecar of initContainers.filter(isSidecar).reverse()) {
      const ended = this.#end(pod, sidecar, [...main, ...later])
      later = [ended]
      all.push(ended)
    }
    await Promise.all(all)
  }

  async #end(pod: Pod, container: Container, after: readonly Promise<void>[]): Promise<void> {
    const record = newestByName(this.#context.runtime.list(pod.metadata.uid ?? '')).get(container.name)
    if (record?.state !== 'running') return
    this.#probes.end(container.name)
    const message = `Stopping container ${container.name}`
    await this.#killer.kill({
      pod,
      podIP: this.#podIP(),
      container,
      record,
      message,
      after,
      deadline: () => this.#deadline,
    })
  }
}
