import type { Room } from '../room.ts'
import { ingressRoom } from './ingress.ts'
import { ingressClassRoom } from './ingress-class.ts'
import { ipAddressRoom } from './ip-address.ts'
import { networkPolicyRoom } from './network-policy.ts'
import { serviceCIDRRoom } from './service-cidr.ts'

/** @see pkg/registry/networking */
export const networkingRooms: readonly Room[] = [
  ingressRoom,
  ingressClassRoom,
  networkPolicyRoom,
  serviceCIDRRoom,
  ipAddressRoom,
]
