import type { QueuedPod } from './queued-pod.ts'

/** How long rejected pods wait, in milliseconds. */
export interface BackoffOptions {
  readonly initial: number
  readonly max: number
  /** Ends of waits are cut to multiples of this: a second unless given, 1 for no cut (without SchedulerPopFromBackoffQ). */
  readonly window?: number
}

/** kube-scheduler's defaults: 1 s doubling to 10 s. */
export const defaultBackoff: BackoffOptions = { initial: 1000, max: 10_000 }

/** How long a pod waits before its next attempt, in milliseconds. */
export function backoffDuration(pod: QueuedPod, { initial, max }: BackoffOptions): number {
  const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount
  if (count === 0 || max === 0) return 0
  return count > 40 ? max : Math.min(initial * 2 ** (count - 1), max)
}

/** When its wait ends, cut to whole windows so that the pods of one can be ordered by priority; 0 when it need not wait. */
export function backoffExpiry(pod: QueuedPod, options: BackoffOptions): number {
  const duration = backoffDuration(pod, options)
  return duration === 0 ? 0 : alignToWindow(pod.timestamp + duration, options)
}

/** True while it must wait. */
export function isBackingOff(pod: QueuedPod, now: number, options: BackoffOptions): boolean {
  const expiry = backoffExpiry(pod, options)
  return expiry !== 0 && expiry >= alignToWindow(now, options)
}

/** When the queue must look again so that a pod with this expiry leaves: the window after its own. */
export function windowEnd(expiry: number, options: BackoffOptions): number {
  return alignToWindow(expiry, options) + (options.window ?? 1000)
}

function alignToWindow(time: number, { window = 1000 }: BackoffOptions): number {
  return time - (time % window)
}
