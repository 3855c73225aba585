import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ContainerConfig } from '../runtime/container-runtime.ts'
import type { IdentityRequest } from '../runtime/identity.ts'
import type { NodeSetup } from './node-setup.ts'
import { handlerOf, type RuntimeClasses } from './sandbox-users.ts'

/** Where and as whom a container is to run. */
export type Placement = Pick<ContainerConfig, 'cpuset' | 'memoryNodes' | 'userNamespace' | 'identity'>

/** What a node adds to a container's configuration. Throws a UserNamespaceError where the pod has no user namespace. */
export function placementFor(
  pod: Pod,
  container: Container,
  setup: NodeSetup | undefined,
  classes: RuntimeClasses,
): Placement {
  const identity = identityRequest(pod, container)
  if (setup === undefined) return { identity }
  const uid = pod.metadata.uid ?? ''
  const cpuset = setup.managers.cpuset(uid, container.name)
  const memoryNodes = setup.managers.memoryNodes(uid, container.name)
  const own = pod.spec?.hostUsers === false
  const userNamespace = own ? setup.userNamespaces.of(pod, handlerOf(pod, classes)) : undefined
  return {
    identity,
    ...(cpuset !== undefined && { cpuset }),
    ...(memoryNodes !== undefined && { memoryNodes }),
    ...(userNamespace && { userNamespace }),
  }
}

/** Who a container is to run as: what it says itself goes before what its pod says. */
export function identityRequest(pod: Pod, container: Container): IdentityRequest {
  const { securityContext: shared = {} } = pod.spec ?? {}
  const { securityContext: own = {} } = container
  const runAsUser = own.runAsUser ?? shared.runAsUser
  const runAsGroup = own.runAsGroup ?? shared.runAsGroup
  const { supplementalGroups, fsGroup, supplementalGroupsPolicy: policy } = shared
  return {
    ...(runAsUser !== undefined && { runAsUser }),
    ...(runAsGroup !== undefined && { runAsGroup }),
    ...(supplementalGroups && { supplementalGroups }),
    ...(fsGroup !== undefined && { fsGroup }),
    ...(policy !== undefined && { policy }),
  }
}
