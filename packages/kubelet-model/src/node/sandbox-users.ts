import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { NodeObjects } from '../pod/resolve-env.ts'
import type { NodeSetup } from './node-setup.ts'
import { UserNamespaceError } from './user-namespaces.ts'

/**
 * Makes the user namespace of a pod's sandbox, and counts it. Returns what is in the way, as the kubelet's event tells it;
 * undefined when there is nothing.
 */
export function prepareUsers(pod: Pod, setup: NodeSetup | undefined, classes: RuntimeClasses): string | undefined {
  if (setup === undefined || pod.spec?.hostUsers === undefined) return undefined
  const { metrics, userNamespaces } = setup
  const own = pod.spec.hostUsers === false
  if (own) metrics.counter('started_user_namespaced_pods_total').add()
  try {
    userNamespaces.of(pod, handlerOf(pod, classes))
    return undefined
  } catch (error) {
    if (!(error instanceof UserNamespaceError)) throw error
    if (own) metrics.counter('started_user_namespaced_pods_errors_total').add()
    return error.message
  }
}

/** Where RuntimeClasses are looked up. */
export type RuntimeClasses = Pick<NodeObjects, 'runtimeHandler'>

/**
 * The handler of the runtime that a pod is to run with; '' is the default one. Throws a UserNamespaceError for a class that
 * does not exist.
 */
export function handlerOf({ spec }: Pod, { runtimeHandler }: RuntimeClasses): string {
  const name = spec?.runtimeClassName ?? ''
  if (name === '' || runtimeHandler === undefined) return ''
  const handler = runtimeHandler(name)
  if (handler === undefined) throw new UserNamespaceError(`runtimeclass.node.k8s.io "${name}" not found`)
  return handler
}
