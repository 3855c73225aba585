import { type AdmissionPlugin, forbidden, isAbout } from './chain.ts'

const signer = 'kubernetes.io/kube-apiserver-client'
/** The object identifier of an organization, as DER has it. */
const organization = [0x06, 0x03, 0x55, 0x04, 0x0a] as const
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

/** The organizations in the subject of a certificate request: PEM in base64. */
function organizationsOf(request: string): readonly string[] {
  const body = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(binary(request))?.[1] ?? ''
  const der = Uint8Array.from(binary(body.replace(/\s+/g, '')), (character) => character.charCodeAt(0))
  const found: string[] = []
  for (let at = 0; at + organization.length + 2 <= der.length; at++) {
    if (!organization.every((byte, index) => der[at + index] === byte)) continue
    const start = at + organization.length + 2
    found.push(new TextDecoder().decode(der.subarray(start, start + (der[start - 1] ?? 0))))
  }
  return found
}

function binary(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}
