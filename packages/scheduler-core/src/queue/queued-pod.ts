import type { PodInfo } from '../framework/pod-info.ts'

/** A pod that waits to be scheduled, with what its attempts have left behind. */
export interface QueuedPod {
  readonly info: PodInfo
  readonly key: string
  /** When it last entered the queue, in milliseconds. */
  readonly timestamp: number
  readonly attempts: number
  /** When it first entered the active queue. */
  readonly firstActive?: number
  /** How often in all it was found unschedulable; decides its back-off. */
  readonly unschedulableCount: number
  /** How often in a row its attempt ended in an error. */
  readonly consecutiveErrors: number
  /** Plugins that rejected it in its last attempt. */
  readonly rejectedBy: ReadonlySet<string>
  /** Plugins that answered Pending. */
  readonly pendingBy: ReadonlySet<string>
  /** The plugin that keeps it out of the queue. */
  readonly gatedBy?: string
}

const nobody: ReadonlySet<string> = new Set()

/** A pod that has not been tried yet. */
export function newQueuedPod(info: PodInfo, now: number): QueuedPod {
  return {
    info,
    key: info.key,
    timestamp: now,
    attempts: 0,
    unschedulableCount: 0,
    consecutiveErrors: 0,
    rejectedBy: nobody,
    pendingBy: nobody,
  }
}

/** The same pod without the gate's name. */
export function ungated(pod: QueuedPod): QueuedPod {
  const { gatedBy: _, ...rest } = pod
  return rest
}
