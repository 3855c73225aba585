import { organizationsOf } from './certificate-subject.ts'
import { type AdmissionPlugin, forbidden, isAbout } from './chain.ts'

const signer = 'kubernetes.io/kube-apiserver-client'
const masters = 'system:masters'

/** Nobody becomes a master by having a client certificate signed. @see plugin/pkg/admission/certificates/subjectrestriction */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate(_context, attributes) {
    const { operation, subresource, object } = attributes
    const applies = operation === 'CREATE' && subresource === ''
    if (!applies || !isAbout(attributes, 'certificates.k8s.io', 'certificatesigningrequests')) return
    const { spec } = object as { readonly spec?: { readonly signerName?: string; readonly request?: string } }
    if (spec?.signerName !== signer || !organizationsOf(spec.request ?? '').includes(masters)) return
    throw forbidden(attributes, `use of ${signer} signer with ${masters} group is not allowed`)
  },
}
