import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { containerShouldRestart } from '../restart/restart-rules.ts'
import type { ContainerRecord } from '../runtime/container-runtime.ts'

/** The newest container of each name. */
export function newestByName(records: readonly ContainerRecord[]): ReadonlyMap<string, ContainerRecord> {
  return new Map(records.map((record) => [record.name, record]))
}

/** True when a container that ended with this code is to be started again: by its rules, its policy, or the pod's. */
export function shouldRestart(pod: Pod, container: Container, exitCode: number, gates?: FeatureGates): boolean {
  return isSidecar(container) || containerShouldRestart(container, pod.spec ?? { containers: [] }, exitCode, gates)
}

/** The same for an init container: one that succeeded never runs again. */
export function shouldRestartInit(pod: Pod, container: Container, exitCode: number, gates?: FeatureGates): boolean {
  return isSidecar(container) || (exitCode !== 0 && shouldRestart(pod, container, exitCode, gates))
}

/** What to do next for a pod that shall run. */
export interface PodPlan {
  /** Containers to start, in order. */
  readonly start: readonly Container[]
  /** True when every init container has done its part: sidecars run, the others have succeeded. */
  readonly initialized: boolean
  /** Set when the pod can never run again: an init container failed for good, or all containers ended for good. */
  readonly finished?: 'Succeeded' | 'Failed'
}

/** Facts about running containers that the runtime does not know. */
export interface Probed {
  /** True when the container has passed its startup probe, or has none. */
  started(container: Container): boolean
}

/** Ephemeral containers that were added and have not run yet: they need neither init containers nor order, and run once. */
export function ephemeralToStart(pod: Pod, records: ReadonlyMap<string, ContainerRecord>): readonly Container[] {
  return (pod.spec?.ephemeralContainers ?? []).filter(({ name }) => !records.has(name))
}

/**
 * Decides what a pod needs from what its containers do. A pure function: the same pod and records give the same plan.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions
 */
export function planPod(
  pod: Pod,
  records: ReadonlyMap<string, ContainerRecord>,
  probed: Probed,
  gates?: FeatureGates,
): PodPlan {
  const start: Container[] = []
  for (const container of pod.spec?.initContainers ?? []) {
    const record = records.get(container.name)
    if (record === undefined || record.state === 'created') return { start: [...start, container], initialized: false }
    if (record.state === 'running') {
      if (isSidecar(container) && probed.started(container)) continue
      return { start, initialized: false }
    }
    const code = record.exitCode ?? 0
    if (!isSidecar(container) && code === 0) continue
    if (!shouldRestartInit(pod, container, code, gates)) return { start: [], initialized: false, finished: 'Failed' }
    start.push(container)
    if (!isSidecar(container)) return { start, initialized: false }
  }

  const containers = pod.spec?.containers ?? []
  const ended = containers.filter((container) => {
    const record = records.get(container.name)
    return record?.state === 'exited' && !shouldRestart(pod, container, record.exitCode ?? 0, gates)
  })
  if (containers.length > 0 && ended.length === containers.length) {
    const failed = ended.some((container) => records.get(container.name)?.exitCode !== 0)
    return { start: [], initialized: true, finished: failed ? 'Failed' : 'Succeeded' }
  }
  for (const container of containers) {
    const record = records.get(container.name)
    const restart = record?.state === 'exited' && shouldRestart(pod, container, record.exitCode ?? 0, gates)
    if (record === undefined || record.state === 'created' || restart) start.push(container)
  }
  return { start, initialized: true }
}
