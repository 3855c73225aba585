import type { Container, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import type { PendingResize, ResizeOutcome } from '../allocation/allocation-manager.ts'
import { countRequestedResizes } from '../allocation/resize-metrics.ts'
import { actuationOf, ResizeTracker } from '../allocation/resize-tracker.ts'
import { type NodeAmounts, takenBy } from '../node/node-amounts.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { newestByName } from './containers.ts'
import type { WorkerContext } from './pod-worker.ts'

/** What a resize asks of its pod's worker. */
export interface ResizeHost {
  event(type: 'Normal' | 'Warning', reason: string, message: string): void
  /** Ends a container of a pod that goes on. */
  kill(container: Container, record: ContainerRecord, message: string): Promise<void>
  /** Starts it again at once. */
  start(pod: Pod, container: Container): Promise<unknown>
  /** True when the pod is to end. */
  isEnding(): boolean
  /** Something could not be done: try again later. */
  retry(): void
}

/**
 * Brings what runs of one pod to what its node has allocated, and remembers how far that has come.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go doPodResizeAction
 */
export class PodResize {
  readonly #context: WorkerContext
  readonly #host: ResizeHost
  readonly #tracker: ResizeTracker = new ResizeTracker()

  constructor(context: WorkerContext, host: ResizeHost) {
    this.#context = context
    this.#host = host
  }

  /** Takes over what an earlier kubelet has told; returns why the resize waits. */
  backfill(pod: Pod): PendingResize | undefined {
    return this.#tracker.backfill(pod)
  }

  /** Tells the node what the pod wants now, and what its status shows that it has given back. */
  changed(before: Pod, pod: Pod, specChanged: boolean): void {
    const { allocation, metrics, tryResizes } = this.#context
    const had = takenBy(allocation.allocatedPod(before))
    allocation.update(pod)
    if (specChanged && countRequestedResizes(before, pod, metrics)) tryResizes('pod_updated')
    else if (before.status !== pod.status && shrank(had, takenBy(allocation.allocatedPod(pod)))) {
      tryResizes('pod_resized')
    }
  }

  /** The node has decided about it. */
  decided(outcome: ResizeOutcome): void {
    this.#tracker.decided(outcome, this.#context.clock.now(), this.#emit)
  }

  /** Makes what runs follow what was allocated; `pod` is the pod as it was allocated. */
  async actuate(pod: Pod): Promise<void> {
    const { runtime, clock } = this.#context
    const { initContainers = [], containers = [] } = pod.spec ?? {}
    try {
      for (const container of [...initContainers, ...containers]) {
        const record = newestByName(runtime.list(pod.metadata.uid ?? '')).get(container.name)
        const actuation = actuationOf(container, record)
        if (record === undefined || actuation === 'none') continue
        if (actuation === 'update') {
          await runtime.updateResources(record.id, container.resources ?? {})
          continue
        }
        await this.#host.kill(container, record, `Container ${container.name} resize requires restart`)
        if (this.#host.isEnding()) return
        await this.#host.start(pod, container)
      }
      this.#tracker.completed(pod, this.#emit)
    } catch (error) {
      this.#tracker.failed(pod, error instanceof Error ? error.message : String(error), clock.now(), this.#emit)
      this.#host.retry()
    }
  }

  /** A pod that has ended is not being resized. */
  clear(): void {
    this.#tracker.clear()
  }

  /** The conditions that tell of it. */
  conditions(): readonly PodCondition[] {
    return this.#tracker.conditions()
  }

  readonly #emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    this.#host.event(type, reason, message)
}

const shrank = (before: NodeAmounts, after: NodeAmounts): boolean =>
  ['cpu', 'memory'].some((name) => (after.get(name) ?? 0n) < (before.get(name) ?? 0n))
