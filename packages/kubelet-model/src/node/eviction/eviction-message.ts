import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'
import type { ContainerUsage } from '../../runtime/usage.ts'

const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** Bytes as quantities in powers of 1024 are written: as large a unit as leaves no fraction. */
export function binaryText(bytes: bigint): string {
  let [amount, unit] = [bytes, 0]
  while (amount !== 0n && amount % 1024n === 0n && unit < units.length - 1) {
    amount /= 1024n
    unit++
  }
  return `${amount}${units[unit]}`
}

/** Why a pod is evicted, as its status and its event tell it. @see pkg/kubelet/eviction/helpers.go evictionMessage */
export function evictionMessage(
  pod: Pod,
  usage: readonly ContainerUsage[],
  threshold: bigint,
  available: bigint,
): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const blamed = usage.flatMap(({ name, memory }) => {
    const container = containers.find((each) => each.name === name)
    if (container === undefined) return []
    const request = Quantity.parse(String(container.resources?.requests?.['memory'] ?? '0'))
    const used = BigInt(Math.trunc(memory))
    if (used <= request.value()) return []
    const counts = `was using ${binaryText(used)}, request is ${request}`
    return [`Container ${name} ${counts}, has larger consumption of memory. `]
  })
  const met = `Threshold quantity: ${binaryText(threshold)}, available: ${binaryText(available)}. `
  return `The node was low on resource: memory. ${met}${blamed.join('')}`
}
