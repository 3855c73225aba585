import type { Container, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import type { PendingResize, ResizeOutcome } from '../allocation/allocation-manager.ts'
import { memoryDecreaseProblem, type Resizing } from '../allocation/memory-decrease.ts'
import { countRequestedResizes } from '../allocation/resize-metrics.ts'
import { actuationOf, ResizeTracker } from '../allocation/resize-tracker.ts'
import { updatesInOrder } from '../allocation/update-order.ts'
import { type NodeAmounts, takenBy } from '../node/node-amounts.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { newestByName } from './containers.ts'
import type { WorkerContext } from './worker-context.ts'

/** What a resize asks of its pod's worker. */
export interface ResizeHost {
  event(type: 'Normal' | 'Warning', reason: string, message: string): void
  /** Ends a container of a pod that goes on. */
  kill(container: Container, record: ContainerRecord, message: string): Promise<void>
  /** Starts it again at once. */
  start(pod: Pod, container: Container): Promise<unknown>
  /** True when the pod is to end. */
  isEnding(): boolean
  /** Tells the API how things stand. Never rejects. */
  publish(): Promise<void>
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
  #counted = false

  constructor(context: WorkerContext, host: ResizeHost) {
    this.#context = context
    this.#host = host
  }

  /** Takes over what an earlier kubelet has told; returns why the resize waits. */
  backfill(pod: Pod): PendingResize | undefined {
    const pending = this.#tracker.backfill(pod, this.#context.clock.now())
    this.#count()
    return pending
  }

  /** Tells the node what the pod wants now, and what its status shows that it has given back. */
  changed(before: Pod, pod: Pod, specChanged: boolean): void {
    const { allocation, metrics, tryResizes } = this.#context
    const had = allocation.defers ? takenBy(allocation.allocatedPod(before)) : undefined
    allocation.update(pod)
    if (specChanged && countRequestedResizes(before, pod, metrics)) tryResizes('pod_updated')
    else if (had && before.status !== pod.status && shrank(had, takenBy(allocation.allocatedPod(pod)))) {
      tryResizes('pod_resized')
    }
  }

  /** The node has decided about it. */
  decided(outcome: ResizeOutcome): void {
    this.#tracker.decided(outcome, this.#context.clock.now(), this.#emit)
    this.#count()
  }

  /** Makes what runs follow what was allocated; `pod` is the pod as it was allocated. */
  async actuate(pod: Pod): Promise<void> {
    const { clock } = this.#context
    const began = clock.now()
    // The API hears of a resize before it takes effect.
    if (this.#resizing(pod).length > 0) {
      this.#tracker.goesOn(pod, began)
      await this.#host.publish()
    }
    if (this.#host.isEnding()) return
    const resizing = this.#resizing(pod)
    try {
      if (resizing.length > 0) await this.#apply(pod, resizing)
      if (this.#host.isEnding()) return
      this.#tracker.completed(pod, this.#emit)
      if (resizing.length > 0) this.#measure(began, true)
    } catch (error) {
      this.#tracker.failed(pod, error instanceof Error ? error.message : String(error), clock.now(), this.#emit)
      this.#measure(began, false)
      this.#host.retry()
    }
    this.#count()
  }

  #resizing(pod: Pod): readonly Resizing[] {
    return this.#running(pod).filter(({ container, record }) => actuationOf(container, record) !== 'none')
  }

  #running(pod: Pod): readonly Resizing[] {
    const { initContainers = [], containers = [] } = pod.spec ?? {}
    const records = newestByName(this.#context.runtime.list(pod.metadata.uid ?? ''))
    return [...initContainers, ...containers].flatMap((container) => {
      const record = records.get(container.name)
      return record?.state === 'running' ? [{ container, record }] : []
    })
  }

  /** Containers that are to restart do so first; the others are changed as they run. */
  async #apply(pod: Pod, resizing: readonly Resizing[]): Promise<void> {
    const { runtime } = this.#context
    for (const { container, record } of resizing) {
      if (actuationOf(container, record) !== 'restart') continue
      await this.#host.kill(container, record, `Container ${container.name} resize requires restart`)
      if (this.#host.isEnding()) return
      await this.#host.start(pod, container)
    }
    const inPlace = resizing.filter(({ container, record }) => actuationOf(container, record) === 'update')
    if (inPlace.length === 0) return
    const usage = () => runtime.usage?.(pod.metadata.uid ?? '') ?? []
    const problem = memoryDecreaseProblem(pod, this.#running(pod), usage)
    if (problem !== undefined) throw new Error(problem)
    for (const { id, resources } of updatesInOrder(inPlace)) await runtime.updateResources(id, resources)
  }

  #measure(began: number, success: boolean): void {
    const { clock, metrics } = this.#context
    const labels = { success: String(success) }
    metrics.histogram('pod_resize_duration_milliseconds', durations).observe(clock.now() - began, labels)
  }

  /** Keeps `pod_in_progress_resizes` in step. */
  #count(): void {
    const { isInProgress } = this.#tracker
    if (isInProgress === this.#counted) return
    this.#counted = isInProgress
    this.#context.metrics.gauge('pod_in_progress_resizes').add(isInProgress ? 1 : -1)
  }

  /** A pod that has ended is not being resized. */
  clear(): void {
    this.#tracker.clear()
    this.#count()
  }

  /** The conditions that tell of it. */
  conditions(): readonly PodCondition[] {
    return this.#tracker.conditions()
  }

  readonly #emit = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    this.#host.event(type, reason, message)
}

const durations = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920, 163840]

const shrank = (before: NodeAmounts, after: NodeAmounts): boolean =>
  ['cpu', 'memory'].some((name) => (after.get(name) ?? 0n) < (before.get(name) ?? 0n))
