import type { Container, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { apiTime } from '../time.ts'
import type { PendingResize, ResizeOutcome } from './allocation-manager.ts'
import { changedResources } from './pod-amounts.ts'

interface InProgress {
  readonly generation: number
  readonly at: number
  readonly error?: string
}

type Emit = (type: 'Normal' | 'Warning', reason: string, message: string) => void

/** How far the resize of one pod has come. */
export class ResizeTracker {
  #pending: NonNullable<ResizeOutcome['pending']> | undefined
  #inProgress: InProgress | undefined

  /** Takes over what an earlier kubelet has told; returns why the resize waits. */
  backfill(pod: Pod): PendingResize | undefined {
    for (const condition of pod.status?.conditions ?? []) {
      const { type, reason, message = '', observedGeneration: generation = 0, lastTransitionTime } = condition
      const at = typeof lastTransitionTime === 'string' ? Date.parse(lastTransitionTime) : 0
      if (type === 'PodResizePending' && (reason === 'Deferred' || reason === 'Infeasible')) {
        this.#pending = { reason, message, generation, at }
      }
      if (type === 'PodResizeInProgress') {
        this.#inProgress = { generation, at, ...(reason === 'Error' && { error: message }) }
      }
    }
    return this.#pending
  }

  /** True while a resize is being applied. */
  get isInProgress(): boolean {
    return this.#inProgress !== undefined
  }

  /** Takes note of what the node has decided. */
  decided({ pod, allocated, pending }: ResizeOutcome, now: number, emit: Emit): void {
    const before = this.#pending
    this.#pending = pending
    if (allocated) {
      this.#inProgress = { generation: pod.metadata.generation ?? 0, at: now }
      emit('Normal', 'ResizeStarted', `Pod resize started: ${eventText(pod)}`)
    }
    const isNew = before?.reason !== pending?.reason || before?.generation !== pending?.generation
    if (pending === undefined || !isNew || isSilent(pending.message)) return
    const text = eventText(pod, pending.message)
    emit('Warning', `Resize${pending.reason}`, `Pod resize ${pending.reason}: ${text}`)
  }

  /** Everything runs with what was allocated. */
  completed(pod: Pod, emit: Emit): void {
    if (this.#inProgress === undefined) return
    this.#inProgress = undefined
    emit('Normal', 'ResizeCompleted', `Pod resize completed: ${eventText(pod)}`)
  }

  /** The runtime could not apply it; it is tried again. */
  failed(pod: Pod, error: string, now: number, emit: Emit): void {
    const before = this.#inProgress ?? { generation: pod.metadata.generation ?? 0, at: now }
    this.#inProgress = { ...before, error }
    if (before.error !== error) emit('Warning', 'ResizeError', `Pod resize error: ${eventText(pod, error)}`)
  }

  /** A pod that has ended is not being resized. */
  clear(): void {
    this.#pending = undefined
    this.#inProgress = undefined
  }

  /** The conditions that tell of it. */
  conditions(): readonly PodCondition[] {
    const [pending, progress] = [this.#pending, this.#inProgress]
    const entry = (type: string, generation: number, at: number): PodCondition => ({
      type,
      ...(generation !== 0 && { observedGeneration: generation }),
      status: 'True',
      lastTransitionTime: apiTime(at),
    })
    const list: PodCondition[] = []
    if (pending !== undefined) {
      const { generation, at, reason, message } = pending
      list.push({ ...entry('PodResizePending', generation, at), reason, message })
    }
    if (progress !== undefined) {
      const error = progress.error === undefined ? {} : { reason: 'Error', message: progress.error }
      list.push({ ...entry('PodResizeInProgress', progress.generation, progress.at), ...error })
    }
    return list
  }
}

/** Refusals that no event tells of. */
const isSilent = (message: string): boolean => message.startsWith('In-place resize of ')

function eventText(pod: Pod, error?: string): string {
  const view = ({ name, resources = {} }: Container) => ({ name, resources })
  const { initContainers = [], containers = [] } = pod.spec ?? {}
  return JSON.stringify({
    ...(initContainers.length > 0 && { initContainers: initContainers.map(view) }),
    containers: containers.map(view),
    generation: pod.metadata.generation ?? 0,
    ...(error !== undefined && { error }),
  })
}

/** What it takes to make a running container run with what was allocated. */
export type Actuation = 'none' | 'update' | 'restart'

/** Compares a container as allocated with what runs. */
export function actuationOf(container: Container, record: ContainerRecord | undefined): Actuation {
  if (record?.state !== 'running') return 'none'
  const changed: readonly string[] = changedResources(container.resources ?? {}, record.resources ?? {})
  if (changed.length === 0) return 'none'
  const restarts = container.resizePolicy?.some(
    ({ resourceName, restartPolicy }) => changed.includes(resourceName) && restartPolicy === 'RestartContainer',
  )
  return restarts === true ? 'restart' : 'update'
}
