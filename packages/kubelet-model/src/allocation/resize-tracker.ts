import type { Container, Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import { apiTime } from '../time.ts'
import type { PendingResize, ResizeOutcome } from './allocation-manager.ts'
import { changedResources } from './pod-amounts.ts'
import { resizeEvent } from './resize-event.ts'

interface InProgress {
  readonly generation: number
  readonly at: number
  /** When it was last looked at. */
  readonly seenAt: number
  readonly error?: string
}

type Emit = (type: 'Normal' | 'Warning', reason: string, message: string) => void

/** How far the resize of one pod has come. */
export class ResizeTracker {
  #pending: PendingResize | undefined
  /** When the node last tried what waits. */
  #triedAt = 0
  #inProgress: InProgress | undefined

  /**
   * Takes over what an earlier kubelet has told, as if it had happened now: times are not taken over. Returns why the resize
   * waits.
   */
  backfill(pod: Pod, now: number): PendingResize | undefined {
    for (const { type, reason, message = '', observedGeneration: generation = 0 } of pod.status?.conditions ?? []) {
      if (type === 'PodResizePending' && (reason === 'Deferred' || reason === 'Infeasible')) {
        this.#pending = { reason, message, generation, at: now }
        this.#triedAt = now
      }
      if (type === 'PodResizeInProgress') {
        this.#inProgress = { generation, at: now, seenAt: now, ...(reason === 'Error' && { error: message }) }
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
    this.#triedAt = now
    if (allocated) {
      const generation = generationOf(pod)
      this.#inProgress = { generation, at: now, seenAt: now }
      emit('Normal', 'ResizeStarted', resizeEvent('started', pod, generation))
    }
    const isNew = before?.reason !== pending?.reason || before?.generation !== pending?.generation
    if (pending === undefined || !isNew || isSilent(pending.message)) return
    const text = resizeEvent(pending.reason, pod, pending.generation, pending.message)
    emit('Warning', `Resize${pending.reason}`, text)
  }

  /** What was allocated is not in force yet; `pod` is the pod as it was allocated. */
  goesOn(pod: Pod, now: number): void {
    const begun = this.#inProgress ?? { generation: generationOf(pod), at: now }
    this.#inProgress = { ...begun, seenAt: now }
  }

  /** Everything runs with what was allocated to this generation of the pod; a newer resize goes on. */
  completed(pod: Pod, emit: Emit): void {
    if (this.#inProgress === undefined || this.#inProgress.generation > generationOf(pod)) return
    const { generation } = this.#inProgress
    this.#inProgress = undefined
    emit('Normal', 'ResizeCompleted', resizeEvent('completed', pod, generation))
  }

  /** The runtime could not apply it; it is tried again. */
  failed(pod: Pod, error: string, now: number, emit: Emit): void {
    const before: InProgress = this.#inProgress ?? { generation: generationOf(pod), at: now, seenAt: now }
    const at = before.error === undefined ? now : before.at
    this.#inProgress = { ...before, at, seenAt: now, error }
    if (before.error !== error) emit('Warning', 'ResizeError', resizeEvent('error', pod, before.generation, error))
  }

  /** A pod that has ended is not being resized. */
  clear(): void {
    this.#pending = undefined
    this.#inProgress = undefined
  }

  /** The conditions that tell of it. */
  conditions(): readonly PodCondition[] {
    const [pending, progress] = [this.#pending, this.#inProgress]
    const entry = (type: string, generation: number, seenAt: number, at: number): PodCondition => ({
      type,
      ...(generation !== 0 && { observedGeneration: generation }),
      status: 'True',
      lastProbeTime: apiTime(seenAt),
      lastTransitionTime: apiTime(at),
    })
    const list: PodCondition[] = []
    if (pending !== undefined) {
      const { generation, at, reason, message } = pending
      list.push({ ...entry('PodResizePending', generation, this.#triedAt, at), reason, message })
    }
    if (progress !== undefined) {
      const error = progress.error === undefined ? {} : { reason: 'Error', message: progress.error }
      const { generation, seenAt, at } = progress
      list.push({ ...entry('PodResizeInProgress', generation, seenAt, at), ...error })
    }
    return list
  }
}

/** Refusals that no event tells of. */
const isSilent = (message: string): boolean => message.startsWith('In-place resize of ')

const generationOf = ({ metadata }: Pod): number => metadata.generation ?? 0

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
