import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { late, withinTime } from '../probes/within-time.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { HookRunner } from './hook-runner.ts'
import type { WorkerContext } from './worker-context.ts'

/** No container gets less time than this to end by itself. */
const shortestGrace = 2000

/** How one container is ended. */
export interface Kill {
  readonly pod: Pod
  readonly podIP: string
  readonly container: Container
  readonly record: ContainerRecord
  /** What the Killing event says. */
  readonly message: string
  /** Until when it may take, in milliseconds since the epoch; may come nearer while it waits. */
  readonly deadline: () => number
  /** Those that must have ended before this one is asked to. */
  readonly after?: readonly Promise<void>[]
}

/**
 * Ends containers one by one: the event, the preStop hook, its turn, SIGTERM, and SIGKILL when the time is over.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
 */
export class ContainerKiller {
  readonly #context: WorkerContext
  readonly #hooks: HookRunner

  constructor(context: WorkerContext) {
    this.#context = context
    this.#hooks = new HookRunner(context.clock, context.runtime)
  }

  /** Resolves when the container has ended. */
  async kill({ pod, podIP, container, record, message, deadline, after = [] }: Kill): Promise<void> {
    const { api, clock, runtime } = this.#context
    const left = () => deadline() - clock.now()
    api.event(pod, 'Normal', 'Killing', message)
    const preStop = container.lifecycle?.preStop
    if (preStop !== undefined && left() > 0) {
      const hook = this.#hooks.run(preStop, { pod, podIP, container, containerId: record.id })
      const problem = await withinTime(clock, left(), hook)
      const isGone = runtime.list(record.podUid).find(({ id }) => id === record.id)?.state !== 'running'
      if (problem !== undefined && problem !== late && !isGone)
        api.event(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed')
    }
    if (after.length > 0 && left() > 0) await withinTime(clock, left(), Promise.all(after))
    try {
      await runtime.stop(record.id, Math.max(left(), shortestGrace))
    } catch (error) {
      const why = JSON.stringify(error instanceof Error ? error.message : String(error))
      throw new Error(`failed to "KillContainer" for ${JSON.stringify(container.name)} with KillContainerError: ${why}`)
    }
  }
}
