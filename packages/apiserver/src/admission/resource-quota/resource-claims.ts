import type { ResourceClaim } from '@kube-bonsai/api-types/resource/v1'
import type { Quantity } from '@kube-bonsai/quantity'
import { count } from './amounts.ts'
import type { Evaluator } from './evaluator.ts'

const countName = 'count/resourceclaims.resource.k8s.io'
const classSuffix = '.deviceclass.resource.k8s.io/devices'
const mostDevices = 32

interface DeviceRequest {
  readonly deviceClassName?: string
  readonly allocationMode?: string
  readonly count?: number
}

/** @see pkg/quota/v1/evaluator/core/resource_claims.go */
export const resourceClaims: Evaluator = {
  handles: ({ operation, subresource }) => operation !== 'DELETE' && subresource === '',
  matchingResources: (wanted) => wanted.filter((name) => name === countName || name.endsWith(classSuffix)),
  matchesScope: () => false,
  usage(object) {
    const usage = new Map<string, Quantity>([[countName, count(1)]])
    for (const { exactly, firstAvailable = [] } of (object as ResourceClaim).spec?.devices?.requests ?? []) {
      const alternatives: readonly DeviceRequest[] =
        firstAvailable.length > 0 ? firstAvailable : exactly ? [exactly] : []
      for (const [name, devices] of mostByClass(alternatives))
        usage.set(name, usage.get(name)?.add(count(devices)) ?? count(devices))
    }
    return usage
  },
}

/** Of alternatives the one that needs most counts, for each class. */
function mostByClass(requests: readonly DeviceRequest[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>()
  for (const request of requests) {
    const name = `${request.deviceClassName ?? ''}${classSuffix}`
    most.set(name, Math.max(most.get(name) ?? 0, devicesOf(request)))
  }
  return most
}

function devicesOf({ allocationMode, count = 0 }: DeviceRequest): number {
  if (allocationMode === 'All') return mostDevices
  return allocationMode === 'ExactCount' ? count : 0
}
