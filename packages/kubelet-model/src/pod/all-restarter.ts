import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { allContainersCouldRestart } from '../restart/restart-all.ts'
import { matchingRestartRule } from '../restart/restart-rules.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { ContainerKiller } from './container-killer.ts'
import { newestByName } from './containers.ts'
import type { WorkerContext } from './worker-context.ts'

/**
 * Starts a pod over in place when a rule of one of its containers asks for it: everything that ran is removed, and the pod goes
 * on from its first init container.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go getContainersToReset
 */
export class AllRestarter {
  readonly #context: WorkerContext
  readonly #killer: ContainerKiller
  readonly #removed: Map<string, number> = new Map()
  #busy = false

  constructor(context: WorkerContext) {
    this.#context = context
    this.#killer = new ContainerKiller(context)
  }

  /** True from when a rule has asked for it until nothing is left of the containers before. */
  get isRestarting(): boolean {
    return this.#busy
  }

  /** How often containers that were removed and do not run again yet have been started over, by name. */
  get removed(): ReadonlyMap<string, number> {
    return this.#removed
  }

  /** True when a container ended with a code whose rule restarts all. */
  wants(pod: Pod): boolean {
    if (!this.#context.gates.enabled('RestartAllContainersOnContainerExits')) return false
    if (!allContainersCouldRestart(pod.spec)) return false
    const newest = newestByName(this.#context.runtime.list(pod.metadata.uid ?? ''))
    this.#busy = containersOf(pod).some((container) => isSource(container, newest.get(container.name)))
    return this.#busy
  }

  /** Removes every container, those that asked for it last. Rejects with what the runtime could not do; call it again then. */
  async removeAll(pod: Pod, podIP: string): Promise<void> {
    const { clock, runtime } = this.#context
    const { containers = [], initContainers = [] } = pod.spec ?? {}
    const records = runtime.list(pod.metadata.uid ?? '')
    for (const [name, record] of newestByName(records)) this.#removed.set(name, record.attempt + 1)
    const ofEach = (list: readonly Container[]) =>
      list.flatMap((container) =>
        records.filter(({ name }) => name === container.name).map((record) => ({ container, record })),
      )
    const [main, init] = [ofEach(containers), ofEach(initContainers)]
    const sources = (list: typeof main) => list.filter(({ container, record }) => isSource(container, record))
    const targets = (list: typeof main) => list.filter(({ container, record }) => !isSource(container, record))
    const now = clock.now()
    for (const { container, record } of [...targets(main), ...targets(init), ...sources(main), ...sources(init)]) {
      if (record.state === 'running')
        await this.#killer.kill({ pod, podIP, container, record, message: 'killing', deadline: () => now })
      runtime.remove(record.id)
    }
    this.#busy = false
  }
}

const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
]

const isSource = (container: Container, record: ContainerRecord | undefined): boolean =>
  record?.state === 'exited' && matchingRestartRule(container, record.exitCode ?? 0)?.action === 'RestartAllContainers'
