import type { Container, Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'

/** One rule of a container: what its exit codes lead to. */
export type RestartRule = NonNullable<Container['restartPolicyRules']>[number]

/** What the runtime knows of the newest container of a name. */
export interface RuntimeStatus {
  readonly state: 'created' | 'running' | 'exited' | 'unknown'
  readonly exitCode?: number
}

const defaults: FeatureGates = createFeatureGates()

/**
 * The first rule that an exit code meets; undefined when none does. Rules without exit codes, or with an operator that
 * v1.35 does not have, meet nothing.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5307-container-restart-policy
 */
export function matchingRestartRule(container: Container, exitCode: number): RestartRule | undefined {
  return container.restartPolicyRules?.find(({ exitCodes }) => {
    if (exitCodes === undefined) return false
    const listed = exitCodes.values?.includes(exitCode) === true
    return (exitCodes.operator === 'In' && listed) || (exitCodes.operator === 'NotIn' && !listed)
  })
}

/** True when a container can run more than once: by its rules, its own policy, or the pod's. */
export function isContainerRestartable(spec: PodSpec, container: Container): boolean {
  if (container.restartPolicy === undefined) return spec.restartPolicy !== 'Never'
  const restarts = container.restartPolicyRules?.some((rule) => rule.action === 'Restart') === true
  return restarts || container.restartPolicy !== 'Never'
}

/**
 * True when a container that ended with this code runs again. Rules come first, then the container's own policy, then the
 * pod's; rules count only beside a policy of the container's own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/api/v1/pod/util.go ContainerShouldRestart
 */
export function containerShouldRestart(
  container: Container,
  spec: PodSpec,
  exitCode: number,
  gates: FeatureGates = defaults,
): boolean {
  if (container.restartPolicy !== undefined) {
    const action = matchingRestartRule(container, exitCode)?.action
    if (action === 'Restart') return true
    if (action === 'RestartAllContainers' && gates.enabled('RestartAllContainersOnContainerExits')) return true
    const own = byPolicy(container.restartPolicy, exitCode)
    if (own !== undefined) return own
  }
  return byPolicy(spec.restartPolicy, exitCode) ?? true
}

function byPolicy(policy: string | undefined, exitCode: number): boolean | undefined {
  switch (policy) {
    case 'Always':
      return true
    case 'OnFailure':
      return exitCode !== 0
    case 'Never':
      return false
    default:
      return undefined
  }
}

/**
 * True when a container is to be started, as its newest state in the runtime says; undefined status means that it never ran.
 * A pod that is being deleted starts nothing.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/container/helpers.go ShouldContainerBeRestarted
 */
export function shouldContainerBeRestarted(
  pod: Pod,
  container: Container,
  status: RuntimeStatus | undefined,
  gates: FeatureGates = defaults,
): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false
  if (status === undefined) return true
  if (status.state !== 'exited') return status.state !== 'running'
  const exitCode = status.exitCode ?? 0
  if (gates.enabled('ContainerRestartRules')) {
    return containerShouldRestart(container, pod.spec ?? { containers: [] }, exitCode, gates)
  }
  return byPolicy(pod.spec?.restartPolicy, exitCode) ?? true
}
