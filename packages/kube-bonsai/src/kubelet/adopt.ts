import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type AdoptedMounts,
  adoptedMounts,
  type ContainerConfig,
  defaultConfiguration,
  expand,
  identityRequest,
  podEtc,
  resolveEnv,
  runtimeUid,
  type SimulatedRuntime,
  type VolumeSources,
  visibleHostname,
} from '@kube-bonsai/kubelet-model'

/** What the containers of a fork are made with, beside their pods. */
export interface AdoptSources extends VolumeSources {
  readonly hostIP: string
  readonly nodeName: string
}

/** Makes the containers that a pod's status shows as running run on this runtime too. */
export function adopt(runtime: SimulatedRuntime, pod: Pod, sources: AdoptSources): void {
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
      identity: identityRequest(pod, container),
      ...(status.resources && { resources: status.resources }),
      ...surroundings(pod, container, sources),
    }
    runtime.adopt(config, status.containerID, Date.parse(startedAt))
  }
}

type Surroundings = Pick<ContainerConfig, 'etc' | 'env' | 'command' | 'args' | 'mounts' | 'imageMounts' | 'beforeLook'>

/** What a container saw when it was started. What it was made of may have gone since: then it does without. */
function surroundings(pod: Pod, container: Container, sources: AdoptSources): Surroundings {
  const { api, hostIP, nodeName, allocatable } = sources
  const configuration = defaultConfiguration()
  const podIP = pod.status?.podIP ?? ''
  const env = {
    HOSTNAME: visibleHostname(pod, { nodeName, configuration }),
    ...orElse({}, () => resolveEnv(pod, container, api.objects, { podIP, hostIP, allocatable })),
  }
  const fill = (words: readonly string[] | undefined) => words?.map((word) => expand(word, env))
  const [command, args] = [fill(container.command), fill(container.args)]
  return {
    env,
    etc: () => podEtc(pod, { podIP, nodeName, configuration }),
    ...(command && { command }),
    ...(args && { args }),
    ...orElse<Partial<AdoptedMounts>>({}, () => adoptedMounts(pod, container, env, sources)),
  }
}

function orElse<T>(otherwise: T, make: () => T): T {
  try {
    return make()
  } catch {
    return otherwise
  }
}
