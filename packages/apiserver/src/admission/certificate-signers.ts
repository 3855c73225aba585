import type { CertificateSigningRequest } from '@kube-bonsai/api-types/certificates/v1'
import type { ClusterTrustBundle } from '@kube-bonsai/api-types/certificates/v1beta1'
import { deepEqual, quote } from '@kube-bonsai/apimachinery'
import { changesReferencesOnly } from '../authorization/rbac/escalation.ts'
import { maySign } from '../authorization/signers.ts'
import { type AdmissionPlugin, type Attributes, forbidden, isAbout } from './chain.ts'

const group = 'certificates.k8s.io'

/** Whoever approves or denies a request may `approve` for its signer. @see plugin/pkg/admission/certificates/approval */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  async validate(context, attributes) {
    if (!isChangeOf(attributes, 'approval')) return
    const { signerName } = (attributes.old as CertificateSigningRequest).spec
    if (await maySign(context, 'approve', signerName)) return
    throw forbidden(attributes, `user not permitted to approve requests with signerName ${quote(signerName)}`)
  },
}

/** Whoever puts a certificate, or conditions, into a status may `sign` for the signer. @see plugin/pkg/admission/certificates/signing */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  async validate(context, attributes) {
    if (!isChangeOf(attributes, 'status')) return
    const old = attributes.old as CertificateSigningRequest
    const { certificate, conditions = [] } = (attributes.object as CertificateSigningRequest).status ?? {}
    if (certificate === old.status?.certificate && deepEqual(conditions, old.status?.conditions ?? [])) return
    const { signerName } = old.spec
    if (await maySign(context, 'sign', signerName)) return
    throw forbidden(attributes, `user not permitted to sign requests with signerName ${quote(signerName)}`)
  },
}

/** Whoever publishes what a signer is trusted by may `attest` for it. @see plugin/pkg/admission/certificates/ctbattest */
export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: 'ClusterTrustBundleAttest',
  async validate(context, attributes) {
    const { operation, object, old } = attributes
    if (operation === 'DELETE' || !context.server.gates.enabled('ClusterTrustBundle')) return
    if (!isAbout(attributes, group, 'clustertrustbundles')) return
    const { signerName = '' } = (object as ClusterTrustBundle).spec
    if (signerName === '' || (old && changesReferencesOnly(object, old))) return
    if (await maySign(context, 'attest', signerName)) return
    throw forbidden(attributes, `user not permitted to attest for signerName ${quote(signerName)}`)
  },
}

function isChangeOf(attributes: Attributes, subresource: string): boolean {
  const isRequest = isAbout(attributes, group, 'certificatesigningrequests')
  return isRequest && attributes.operation === 'UPDATE' && attributes.subresource === subresource
}
