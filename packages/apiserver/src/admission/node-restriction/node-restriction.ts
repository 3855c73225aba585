import type { CertificateSigningRequest } from '@kube-bonsai/api-types/certificates/v1'
import type { ResourceSlice } from '@kube-bonsai/api-types/resource/v1'
import { quote } from '@kube-bonsai/apimachinery'
import { nodeOf } from '../../authorization/node/identity.ts'
import type { RequestContext } from '../../context.ts'
import { commonNameOf } from '../certificate-subject.ts'
import { type AdmissionPlugin, type Attributes, forbidden } from '../chain.ts'
import { admitNode } from './nodes.ts'
import { admitPodCertificateRequest } from './pod-certificates.ts'
import { admitPod } from './pods.ts'
import { admitTokenRequest } from './tokens.ts'
import { admitVolumeClaim } from './volume-claims.ts'

/** Checks a write of a node. Throws a StatusError for what it may not do. */
export type NodeCheck = (context: RequestContext, node: string, attributes: Attributes) => Promise<void> | void

/** What nodes are restricted in, by resource and group. */
const checks: Readonly<Record<string, NodeCheck>> = {
  pods: admitPod,
  nodes: admitNode,
  persistentvolumeclaims: admitVolumeClaim,
  serviceaccounts: admitTokenRequest,
  'podcertificaterequests.certificates.k8s.io': admitPodCertificateRequest,
  'leases.coordination.k8s.io': admitLease,
  'csinodes.storage.k8s.io': admitCsiNode,
  'resourceslices.resource.k8s.io': admitResourceSlice,
  'certificatesigningrequests.certificates.k8s.io': admitSigningRequest,
}

/** A node writes only what is its own, whatever rights it has. @see plugin/pkg/admission/noderestriction/admission.go */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  async admit(context, attributes) {
    await check(context, attributes)
    return attributes.object
  },
  // Deletions change nothing that could be admitted.
  validate: (context, attributes) => (attributes.operation === 'DELETE' ? check(context, attributes) : undefined),
}

async function check(context: RequestContext, attributes: Attributes): Promise<void> {
  const node = nodeOf(context.user)
  if (node === undefined) return
  if (node === '') throw forbidden(attributes, `could not determine node from user ${quote(context.user.name)}`)
  const { group, resource } = attributes.target.info
  const key = group === '' ? resource : `${resource}.${group}`
  if (Object.hasOwn(checks, key)) await checks[key]?.(context, node, attributes)
}

/** What a request writes to, by name: an object that is made tells it itself. */
function nameOf({ operation, name, object }: Attributes): string {
  return operation === 'CREATE' ? (object.metadata.name ?? '') : name
}

function admitLease(_context: RequestContext, node: string, attributes: Attributes): void {
  if (attributes.namespace !== 'kube-node-lease')
    throw forbidden(attributes, 'can only access leases in the "kube-node-lease" system namespace')
  if (nameOf(attributes) !== node)
    throw forbidden(attributes, 'can only access node lease with the same name as the requesting node')
}

function admitCsiNode(_context: RequestContext, node: string, attributes: Attributes): void {
  if (nameOf(attributes) !== node)
    throw forbidden(attributes, 'can only access CSINode with the same name as the requesting node')
}

/** Changes are the authorizer's to judge: it knows the slice that is there. */
function admitResourceSlice(_context: RequestContext, node: string, attributes: Attributes): void {
  const { operation, object } = attributes
  if (operation === 'UPDATE' || (object as ResourceSlice).spec.nodeName === node) return
  const what = operation === 'CREATE' ? 'create' : 'delete'
  throw forbidden(attributes, `can only ${what} ResourceSlice with the same NodeName as the requesting node`)
}

const nodeSigners = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'])

function admitSigningRequest({ server }: RequestContext, node: string, attributes: Attributes): void {
  if (server.gates.enabled('AllowInsecureKubeletCertificateSigningRequests')) return
  const { spec } = attributes.object as CertificateSigningRequest
  if (attributes.operation !== 'CREATE' || !nodeSigners.has(spec.signerName)) return
  const name = commonNameOf(spec.request)
  if (name === undefined) throw forbidden(attributes, 'unable to parse csr: PEM block type must be CERTIFICATE REQUEST')
  if (name !== `system:node:${node}`)
    throw forbidden(attributes, `can only create a node CSR with CN=system:node:${node}`)
}
