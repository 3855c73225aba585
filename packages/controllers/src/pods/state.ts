import type { Condition, KubeObject } from '@kube-bonsai/apimachinery'
import { timeOf } from '../api/meta.ts'
import type { PodStatus } from '../api/pod.ts'

type AnyPod = KubeObject & { readonly status?: PodStatus }

/** The condition of that type, if the pod has it. */
export function podCondition(pod: AnyPod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

/** Says whether a pod's Ready condition is True. */
export function isPodReady(pod: AnyPod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Says whether a pod has been ready for `minReadySeconds`; `now` is in milliseconds since the epoch. */
export function isPodAvailable(pod: AnyPod, minReadySeconds: number, now: number): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const since = timeOf(ready.lastTransitionTime)
  return since !== 0 && since + minReadySeconds * 1000 <= now
}

/** Milliseconds until a ready pod counts as available, undefined when it is not ready; 0 when it is available. */
export function untilAvailable(pod: AnyPod, minReadySeconds: number, now: number): number | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  const since = timeOf(ready.lastTransitionTime)
  return minReadySeconds === 0 || since === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - now)
}

/** Says whether a pod has come to its end: Succeeded or Failed. */
export function isPodTerminal(pod: AnyPod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** Says whether a pod neither has ended nor is being deleted. */
export function isPodActive(pod: AnyPod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined
}

/** Says whether a pod is being deleted but has not ended. */
export function isPodTerminating(pod: AnyPod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined
}
