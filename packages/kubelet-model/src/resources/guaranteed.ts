import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { hasPodLevelResources, isSidecar, qosClass } from '@kube-bonsai/component-helpers'

/** True when resources of this pod may be pinned at all: it is Guaranteed, as its status says or its spec. */
export function isGuaranteed(pod: Pod): boolean {
  const known = pod.status?.qosClass
  return (known === undefined || known === '' ? qosClass(pod) : known) === 'Guaranteed'
}

/** True when a pod states resources for itself: those cannot be pinned. */
export function statesPodLevel(pod: Pod, gateOn: boolean): boolean {
  return gateOn && hasPodLevelResources(pod)
}

/**
 * What all containers need at once: those that stay up together, or an init container with the sidecars before it,
 * whichever is more.
 */
export function needed<Amount extends number | bigint>(
  pod: Pod,
  zero: Amount,
  add: (left: Amount, right: Amount) => Amount,
  amount: (container: Container) => Amount,
): Amount {
  let sidecars = zero
  let initial = zero
  for (const container of pod.spec?.initContainers ?? []) {
    if (isSidecar(container)) {
      sidecars = add(sidecars, amount(container))
    } else {
      const sum = add(sidecars, amount(container))
      if (sum > initial) initial = sum
    }
  }
  let lasting = sidecars
  for (const container of pod.spec?.containers ?? []) lasting = add(lasting, amount(container))
  if (initial > lasting) return initial
  return lasting
}
