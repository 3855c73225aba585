import type { Container, ContainerStatus, Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'
import { matchingRestartRule, type RuntimeStatus } from './restart-rules.ts'

const restartsAll = (container: Container, exitCode: number): boolean =>
  matchingRestartRule(container, exitCode)?.action === 'RestartAllContainers'

const allContainers = (spec: PodSpec | undefined): readonly Container[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
]

/**
 * True when every container of the pod starts over: it has begun to, or one ended with a code whose rule asks for it.
 * `runtime` gives the newest state of each container by name, undefined where the runtime was not asked.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/container/helpers.go ShouldAllContainersRestart
 */
export function shouldAllContainersRestart(pod: Pod, runtime: ReadonlyMap<string, RuntimeStatus> | undefined): boolean {
  const begun = pod.status?.conditions?.some(
    ({ type, status }) => type === 'AllContainersRestarting' && status === 'True',
  )
  if (begun === true) return true
  const reported = new Map<string, ContainerStatus>()
  for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
    reported.set(status.name, status)
  }
  return allContainers(pod.spec).some((container) => {
    if (runtime !== undefined) {
      const status = runtime.get(container.name)
      if (status?.state !== 'exited') return false
      if (restartsAll(container, status.exitCode ?? 0)) return true
    }
    const terminated = reported.get(container.name)?.state?.terminated
    return terminated !== undefined && restartsAll(container, terminated.exitCode)
  })
}

/** True when some container of the pod has a rule that restarts all of them. */
export function allContainersCouldRestart(spec: PodSpec | undefined): boolean {
  return allContainers(spec).some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some((rule) => rule.action === 'RestartAllContainers'),
  )
}

/** True when the runtime holds no container of the pod any more, so that all of them can start over. */
export function allContainersCleanedUp(pod: Pod, runtime: ReadonlyMap<string, RuntimeStatus>): boolean {
  return allContainers(pod.spec).every((container) => !runtime.has(container.name))
}
