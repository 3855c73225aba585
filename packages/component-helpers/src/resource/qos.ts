import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { addResources, parseResources, type ResourceList, type Resources } from './resource-list.ts'

/** How well a pod is protected when its node runs short. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

/**
 * The QoS class that follows from a pod's cpu and memory requests and limits; pod-level resources, where set, decide alone.
 * Throws QuantityParseError for an amount that does not parse.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/v1/helper/qos/qos.go
 */
export function qosClass(pod: Pod, podLevelResources: boolean = true): QosClass {
  const own = podLevelResources ? pod.spec?.resources : undefined
  const parts = own
    ? [own]
    : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].map(
        (container) => container.resources ?? {},
      )
  const requests = parts.map((part) => computeAmounts(part.requests))
  const limits = parts.map((part) => computeAmounts(part.limits))
  const some = [...requests, ...limits].some((amounts) => amounts.size > 0)
  if (!some) return 'BestEffort'

  const limitedEverywhere = limits.every((amounts, index) => {
    const stated = own === undefined || Object.keys(parts[index]?.limits ?? {}).length > 0
    return !stated || amounts.size === 2
  })
  const asked = sum(requests)
  const allowed = sum(limits)
  const equal =
    asked.size === allowed.size && [...asked].every(([name, amount]) => allowed.get(name)?.cmp(amount) === 0)
  return limitedEverywhere && equal ? 'Guaranteed' : 'Burstable'
}

/** The cpu and memory of a list that are above zero. */
function computeAmounts(list: ResourceList | undefined): Resources {
  const amounts = parseResources(list)
  return new Map([...amounts].filter(([name, amount]) => (name === 'cpu' || name === 'memory') && amount.sign() > 0))
}

function sum(lists: readonly Resources[]): Resources {
  return lists.reduce(addResources, new Map())
}
