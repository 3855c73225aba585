import type { QueuedPod } from './queued-pod.ts'

/** How long rejected pods wait, in milliseconds. */
export interface BackoffOptions {
  readonly initial: number
  readonly max: number
}

/** kube-scheduler's defaults: 1 s doubling to 10 s. */
export const defaultBackoff: BackoffOptions = { initial: 1000, max: 10_000 }

const second = 1000

/** How long a pod waits before its next attempt, in milliseconds. */
export function backoffDuration(pod: QueuedPod, { initial, max }: BackoffOptions): number {
  const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount
  if (count === 0 || max === 0) return 0
  return count > 40 ? max : Math.min(initial * 2 ** (count - 1), max)
}

/** When its wait ends, cut to whole seconds so that pods of one window can be ordered by priority. */
export function backoffExpiry(pod: QueuedPod, options: BackoffOptions): number {
  const duration = backoffDuration(pod, options)
  return duration === 0 ? 0 : alignToWindow(pod.timestamp + duration)
}

/** True while it must wait. */
export function isBackingOff(pod: QueuedPod, now: number, options: BackoffOptions): boolean {
  const expiry = backoffExpiry(pod, options)
  return expiry !== 0 && expiry >= alignToWindow(now)
}

/** The start of the whole second that a time lies in. */
export function alignToWindow(time: number): number {
  return time - (time % second)
}

/** When the queue must look again so that a pod with this expiry leaves: the second after its window. */
export function windowEnd(expiry: number): number {
  return alignToWindow(expiry) + second
}
