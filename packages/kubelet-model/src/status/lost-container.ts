import type { Container, ContainerStatus, Pod } from '@kube-bonsai/api-types/core/v1'

type Waiting = { readonly reason: string; readonly message?: string }

/** What the API last had to say about a container. */
export function knownStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    (status) => status.name === name,
  )
}

/**
 * The status of a container that the runtime knows nothing of, though the API had it: the kubelet was away while it went. Undefined
 * for one that has not been there yet.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
 */
export function lostStatus(container: Container, pod: Pod, waiting: Waiting | undefined): ContainerStatus | undefined {
  const known = knownStatus(pod, container.name)
  if (known === undefined) return undefined
  const { state = {}, lastState = {}, restartCount } = known
  if (state.terminated) return known
  if (!state.running && restartCount === 0 && !lastState.terminated) return undefined
  const wasRunning = state.running !== undefined && !lastState.terminated
  const unknown = {
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was deleted.  The container used to be Running',
    exitCode: 137,
  }
  const restarted = wasRunning && pod.metadata.deletionTimestamp === undefined
  return {
    name: container.name,
    state: { waiting: waiting ?? { reason: 'ContainerCreating' } },
    lastState: wasRunning ? { terminated: unknown } : lastState,
    ready: false,
    restartCount: restartCount + (restarted ? 1 : 0),
    image: container.image ?? '',
    imageID: '',
    started: false,
  }
}

/** The number of the next container of a name that the runtime knows nothing of: restart counts never fall. */
export function nextAttempt(pod: Pod, name: string): number {
  const known = knownStatus(pod, name)
  if (known === undefined) return 0
  const { state = {}, lastState, restartCount, containerID } = known
  const ranLast = state.running !== undefined || state.terminated !== undefined
  const crashed = containerID !== undefined && containerID !== '' && lastState?.terminated?.containerID === containerID
  return restartCount + (ranLast || crashed ? 1 : 0)
}
