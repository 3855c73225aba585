import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { NodeSetup } from './node-setup.ts'
import { UserNamespaceError } from './user-namespaces.ts'

/**
 * Makes the user namespace of a pod's sandbox, and counts it. Returns what is in the way, as the kubelet's event tells it;
 * undefined when there is nothing.
 */
export function prepareUsers(pod: Pod, setup: NodeSetup | undefined): string | undefined {
  if (setup === undefined || pod.spec?.hostUsers === undefined) return undefined
  const { metrics, userNamespaces } = setup
  const own = pod.spec.hostUsers === false
  if (own) metrics.counter('started_user_namespaced_pods_total').add()
  try {
    userNamespaces.of(pod)
    return undefined
  } catch (error) {
    if (!(error instanceof UserNamespaceError)) throw error
    if (own) metrics.counter('started_user_namespaced_pods_errors_total').add()
    return error.message
  }
}
