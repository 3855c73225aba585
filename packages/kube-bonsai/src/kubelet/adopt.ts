import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { identityRequest, runtimeUid, type SimulatedRuntime } from '@kube-bonsai/kubelet-model'

/** Makes the containers that a pod's status shows as running run on this runtime too. */
export function adopt(runtime: SimulatedRuntime, pod: Pod): void {
  const { name = '', namespace = '' } = pod.metadata
  const uid = runtimeUid(pod)
  if (pod.status?.phase !== 'Running' || runtime.list(uid).length > 0) return
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) {
    const container = containers.find((entry) => entry.name === status.name)
    const startedAt = status.state?.running?.startedAt
    if (container === undefined || startedAt === undefined || startedAt === null || status.containerID === undefined)
      continue
    const config = {
      podUid: uid,
      podName: name,
      podNamespace: namespace,
      name: container.name,
      image: container.image ?? '',
      attempt: status.restartCount,
      env: {},
      identity: identityRequest(pod, container),
      ...(status.resources && { resources: status.resources }),
      ...(container.command && { command: container.command }),
      ...(container.args && { args: container.args }),
    }
    runtime.adopt(config, status.containerID, Date.parse(startedAt))
  }
}
