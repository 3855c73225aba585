import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  nameIsDNSSubdomain,
  notSupported,
  required,
  semanticEqual,
  tooLong,
} from '@kube-bonsai/apimachinery'
import { conditionErrors } from '../admissionregistration/policy-status.ts'
import { internalValue } from '../internal-form/internal-value.ts'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { isKubernetesSigner, signerNameErrors } from '../pod-template/validation/signer-names.ts'
import { userAnnotationErrors } from '../pod-template/validation/volumes/projected.ts'
import type { Room } from '../room.ts'
import { isPublicKey, isSignature, publicKeyKind } from './der.ts'
import { decodeBase64 } from './pem.ts'

const path = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const conditionsPath = statusPath.child('conditions')
const maxUidLength = 128
const minSeconds = 3600
const maxKubernetesSeconds = 86_400
const maxSeconds = 7_862_400
const maxBytes = 10 * 1024
const outcomes = ['Issued', 'Denied', 'Failed']
/** What a request names, and with which field it says which one exactly. */
const parties = [
  ['podName', 'podUID'],
  ['serviceAccountName', 'serviceAccountUID'],
  ['nodeName', 'nodeUID'],
] as const

const specOf = (request: Fields): Fields => fieldsOf(request['spec'])

function requestErrors(request: Fields): readonly FieldError[] {
  const spec = specOf(request)
  const signer = textOf(spec['signerName'])
  const errors = [
    ...signerNameErrors(signer, path.child('signerName')),
    ...userAnnotationErrors(spec['unverifiedUserAnnotations'], path.child('unverifiedUserAnnotations')),
    ...parties.flatMap(([name, uid]) => partyErrors(textOf(spec[name]), textOf(spec[uid]), name, uid)),
  ]
  const { maxExpirationSeconds } = spec
  const at = path.child('maxExpirationSeconds')
  if (isAbsent(maxExpirationSeconds)) return [...errors, required(at, 'must be set')]
  const most = isKubernetesSigner(signer) ? maxKubernetesSeconds : maxSeconds
  const seconds = numberOf(maxExpirationSeconds)
  if (seconds < minSeconds || seconds > most) {
    errors.push(invalid(at, seconds, `must be in the range [${minSeconds}, ${most}]`))
  }
  return [...errors, ...keyErrors(spec)]
}

function partyErrors(name: string, uid: string, nameField: string, uidField: string): readonly FieldError[] {
  const at = path.child(uidField)
  return [
    ...invalidEach(path.child(nameField), name, nameIsDNSSubdomain(name, false)),
    ...(uid === '' ? [invalid(at, uid, 'must not be empty')] : []),
    ...(uid.length > maxUidLength ? [tooLong(at, maxUidLength)] : []),
  ]
}

/** The forms of the key and of the signature are checked, but not that its owner has signed with it. */
function keyErrors(spec: Fields): readonly FieldError[] {
  const { pkixPublicKey } = spec
  const key = decodeBase64(textOf(pkixPublicKey)) ?? new Uint8Array()
  const proof = decodeBase64(textOf(spec['proofOfPossession'])) ?? new Uint8Array()
  if (key.length > maxBytes) return [tooLong(path.child('pkixPublicKey'), maxBytes)]
  if (proof.length > maxBytes) return [tooLong(path.child('proofOfPossession'), maxBytes)]
  const keyPath = path.child('pkixPublicKey')
  const refused = (detail: string) => [invalid(keyPath, pkixPublicKey ?? null, detail)]
  if (!isPublicKey(key)) return refused('must be a valid PKIX-serialized public key')
  const kind = publicKeyKind(key)
  if (kind.kind === 'other') return refused('unknown public key type; supported types are Ed25519, ECDSA, and RSA')
  if (kind.kind === 'ecdsa' && !['P-256', 'P-384', 'P-521'].includes(kind.curve)) {
    return [invalid(keyPath, `curve ${kind.curve}`, 'elliptic public keys must use curve P256 or P384')]
  }
  if (kind.kind === 'rsa' && kind.bytes !== 384 && kind.bytes !== 512) {
    return [invalid(keyPath, `${kind.bytes * 8}-bit modulus`, 'RSA keys must have modulus size 3072 or 4096')]
  }
  if (isSignature(proof, kind)) return []
  return [invalid(path.child('proofOfPossession'), undefined, 'could not verify proof-of-possession signature')]
}

function updateErrors(request: Fields, old: Fields): readonly FieldError[] {
  const spec = specOf(request)
  if (semanticEqual(spec, specOf(old))) return []
  return [invalid(path, internalValue('certificates.PodCertificateRequestSpec', spec), fieldImmutableMessage)]
}

const outcomeOf = (request: Fields): string | undefined =>
  objectsOf(fieldsOf(request['status'])['conditions'])
    .map(({ type }) => textOf(type))
    .find((type) => outcomes.includes(type))

function statusErrors(request: Fields, old: Fields): readonly FieldError[] {
  const status = fieldsOf(request['status'])
  const conditions = objectsOf(status['conditions'])
  const errors: FieldError[] = []
  let known = 0
  conditions.forEach((condition, index) => {
    const at = conditionsPath.child(`[${index}]`)
    const type = textOf(condition['type'])
    if (!outcomes.includes(type)) {
      errors.push(notSupported(at.child('type'), type, outcomes))
      return
    }
    known++
    if (known > 1) {
      const detail = 'There may be at most one condition with type "Issued", "Denied", or "Failed"'
      errors.push(invalid(at.child('type'), type, detail))
    }
    if (condition['status'] !== 'True') {
      errors.push(notSupported(at.child('status'), textOf(condition['status']), ['True']))
    }
  })
  errors.push(...conditionErrors(conditions, conditionsPath))
  if (errors.length > 0) return errors
  if (outcomeOf(old) !== undefined) {
    const detail = 'immutable after PodCertificateRequest is issued, denied, or failed'
    return semanticEqual(status, fieldsOf(old['status'])) ? [] : [invalid(statusPath, undefined, detail)]
  }
  const outcome = outcomeOf(request)
  const others = Object.entries(status).some(([name, value]) => name !== 'conditions' && !isAbsent(value))
  if ((outcome !== 'Denied' && outcome !== 'Failed') || !others) return []
  const detail = 'non-condition status fields must be empty when denying or failing the PodCertificateRequest'
  return [invalid(statusPath, undefined, detail)]
}

/** @see pkg/registry/certificates/podcertificaterequest/strategy.go */
export const podCertificateRequestRoom: Room = {
  group: 'certificates.k8s.io',
  kind: 'PodCertificateRequest',
  validate: requestErrors,
  selectableFields: (request) => {
    const { signerName, podName, nodeName } = specOf(request)
    return { 'spec.signerName': textOf(signerName), 'spec.podName': textOf(podName), 'spec.nodeName': textOf(nodeName) }
  },
  update: { validate: updateErrors },
  status: { validate: statusErrors },
}
