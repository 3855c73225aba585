import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { qosClass } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import { record } from '../config/configuration.ts'
import { isCriticalPod } from '../status/pod-kind.ts'
import type { NodeSetup } from './node-setup.ts'

/**
 * True for a container that may use swap: of a Burstable pod that is not critical, with a memory request below its limit,
 * on a node with limited swap. @see https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/
 */
export function swaps({ host, configuration }: NodeSetup, pod: Pod, { resources }: Container): boolean {
  const behavior = record(configuration['memorySwap'])['swapBehavior']
  if ((host.swapBytes ?? 0) === 0 || behavior !== 'LimitedSwap') return false
  if (qosClass(pod) !== 'Burstable' || isCriticalPod(pod)) return false
  const [request, limit] = [resources?.requests?.['memory'], resources?.limits?.['memory']]
  return Quantity.parse(String(request ?? '0')).cmp(Quantity.parse(String(limit ?? '0'))) !== 0
}
