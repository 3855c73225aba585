import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import type { ProbedBefore } from './probe-tracker.ts'

/** Containers younger than this when their kubelet starts count as new, in milliseconds. */
const grace = 10_000

/**
 * How a container that a restarted kubelet finds running stood before, as the API has it: ready pods stay ready, others wait for
 * a probe. Undefined for one that is probed anew.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4781-restarted-kubelet-does-not-change-pod-status
 */
export function probedBefore(
  pod: Pod,
  container: Container,
  record: ContainerRecord,
  kubelet: { readonly gates: FeatureGates; readonly kubeletStartedAt: number },
): ProbedBefore | undefined {
  const startedAt = record.startedAt ?? kubelet.kubeletStartedAt
  if (kubelet.gates.enabled('ChangeContainerStatusOnKubeletRestart')) return undefined
  if (startedAt >= kubelet.kubeletStartedAt - grace) return undefined
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = pod.status ?? {}
  const known = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container.name)
  const started = known?.started === true || container.startupProbe === undefined
  const wasReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return { started, startedAt, ready: container.readinessProbe === undefined || wasReady }
}
