import type { Room } from '../room.ts'
import { clusterTrustBundleRoom } from './cluster-trust-bundle.ts'
import { podCertificateRequestRoom } from './pod-certificate-request.ts'
import { certificateSigningRequestRoom } from './signing-request.ts'

/** @see pkg/registry/certificates */
export const certificatesRooms: readonly Room[] = [
  certificateSigningRequestRoom,
  clusterTrustBundleRoom,
  podCertificateRequestRoom,
]
