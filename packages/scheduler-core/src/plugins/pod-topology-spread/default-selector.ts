import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type LabelSelector,
  type LabelSet,
  labelSelectorAsSelector,
  type Requirement,
  type Selector,
  SelectorError,
  selectorFromSet,
} from '@kube-bonsai/apimachinery'
import type { Listers } from '../../framework/objects.ts'

/**
 * What selects a pod's siblings: the services that select it, and its controller. Empty when there is none.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector
 */
export function defaultSelector(pod: Pod, listers: Listers): Selector {
  const namespace = pod.metadata.namespace ?? ''
  const labels = pod.metadata.labels ?? {}
  let set: LabelSet = {}
  for (const { spec } of listers.services.inNamespace(namespace)) {
    const selector = spec?.selector
    if (selector !== undefined && selectorFromSet(selector).matches(labels)) set = { ...set, ...selector }
  }
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const key = `${namespace}/${owner?.name}`
  switch (`${owner?.apiVersion} ${owner?.kind}`) {
    case 'v1 ReplicationController':
      return selectorFromSet({ ...set, ...listers.replicationControllers.get(key)?.spec?.selector })
    case 'apps/v1 ReplicaSet':
      return selectorFromSet(set).add(...requirementsOf(listers.replicaSets.get(key)?.spec?.selector))
    case 'apps/v1 StatefulSet':
      return selectorFromSet(set).add(...requirementsOf(listers.statefulSets.get(key)?.spec?.selector))
    default:
      return selectorFromSet(set)
  }
}

function requirementsOf(selector: LabelSelector | undefined): readonly Requirement[] {
  try {
    return labelSelectorAsSelector(selector).requirements
  } catch (error) {
    if (error instanceof SelectorError) return []
    throw error
  }
}
