import { hasPodLevelResources } from '@kube-bonsai/component-helpers'
import { Quantity, type QuantityFormat } from '@kube-bonsai/quantity'
import { containerUse, type PodStats } from './pod-stats.ts'
import type { Resource } from './signals.ts'

/** A threshold that was crossed, and what is left. */
export interface Crossed {
  /** As it is told. */
  readonly threshold: string
  readonly available: bigint
}

/** An amount as the kubelet tells it: bytes in powers of 1024, other things in thousands. */
export function amountText(amount: bigint, resource: Resource): string {
  const format: QuantityFormat = resource === 'pids' || resource === 'inodes' ? 'DecimalSI' : 'BinarySI'
  return Quantity.of(amount, format).toString()
}

/** Why a pod is evicted, as its status and its event tell it. @see pkg/kubelet/eviction/helpers.go evictionMessage */
export function evictionMessage(resource: Resource, stats: PodStats, { threshold, available }: Crossed): string {
  const { spec } = stats.pod
  const blamed = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].flatMap(({ name, resources }) => {
    const used = containerUse(stats, name, resource)
    const request = Quantity.parse(String(resources?.requests?.[resource] ?? '0'))
    if (used === undefined || used <= request.value()) return []
    const counts = `was using ${amountText(used, resource)}, request is ${request}`
    return [`Container ${name} ${counts}, has larger consumption of ${resource}. `]
  })
  const met = `Threshold quantity: ${threshold}, available: ${amountText(available, resource)}. `
  return `The node was low on resource: ${resource}. ${met}${ofPod(resource, stats)}${blamed.join('')}`
}

/** What is said of the pod as a whole, where it asks for something as a whole. */
function ofPod(resource: Resource, { pod, memory }: PodStats): string {
  const request = pod.spec?.resources?.requests?.[resource]
  if (resource !== 'memory' || request === undefined || !hasPodLevelResources(pod)) return ''
  const counts = `was using ${amountText(memory, resource)}, request is ${Quantity.parse(String(request))}`
  return `Pod ${pod.metadata.name} ${counts}, has larger consumption of ${resource}. `
}
