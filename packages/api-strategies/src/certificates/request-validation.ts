import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  notSupported,
  quote,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { named, withOrigin } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { signerNameErrors } from '../pod-template/validation/signer-names.ts'
import { covered } from '../resource/declarative/coverage.ts'
import { parseCertificate } from './der.ts'
import { decodeText, pemBlocks } from './pem.ts'

const path = FieldPath.of('spec')
const conditionsPath = FieldPath.of('status', 'conditions')
const certificatePath = FieldPath.of('status', 'certificate')
const legacySigner = 'kubernetes.io/legacy-unknown'
const minSeconds = 600
const decisions = ['Approved', 'Denied']
const exclusive = 'Approved and Denied conditions are mutually exclusive'

/** @see staging/src/k8s.io/api/certificates/v1/types.go KeyUsage */
const usages =
  'any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping'.split(
    ',',
  )

/** What a write may set beside metadata. */
export interface RequestWrite {
  readonly setsDecision: boolean
  readonly setsCertificate: boolean
}

const specOf = (request: Fields): Fields => fieldsOf(request['spec'])
const statusOf = (request: Fields): Fields => fieldsOf(request['status'])
const conditionsOf = (request: Fields): readonly Fields[] => objectsOf(statusOf(request)['conditions'])
const usagesOf = (request: Fields): readonly string[] => listOf(specOf(request)['usages']).map(textOf)
const typesOf = (request: Fields): readonly string[] => conditionsOf(request).map(({ type }) => textOf(type))
const repeats = (list: readonly string[]): boolean => new Set(list).size < list.length
const none: Fields = {}

/** Checks a request for a certificate; what was wrong before may stay wrong. Signatures are not verified. */
export function requestErrors(request: Fields, old: Fields | undefined): readonly FieldError[] {
  const spec = specOf(request)
  const before = old ?? none
  const list = usagesOf(request)
  const signer = textOf(spec['signerName'])
  const { expirationSeconds } = spec
  const errors: FieldError[] = []
  const problem = requestProblem(textOf(spec['request']))
  if (problem !== undefined) errors.push(invalid(path.child('request'), spec['request'] ?? null, problem))
  if (list.length === 0) errors.push(required(path.child('usages')))
  if (usagesOf(before).every((usage) => usages.includes(usage))) {
    list.forEach((usage, index) => {
      if (!usages.includes(usage)) errors.push(notSupported(path.child('usages').index(index), named(usage), usages))
    })
  }
  if (!repeats(usagesOf(before))) {
    list.forEach((usage, index) => {
      if (list.indexOf(usage) < index) errors.push(duplicate(path.child('usages').index(index), named(usage)))
    })
  }
  if (signer === legacySigner && specOf(before)['signerName'] !== legacySigner) {
    const detail = 'the legacy signerName is not allowed via this API version'
    errors.push(invalid(path.child('signerName'), signer, detail))
  } else errors.push(...signerNameErrors(signer, path.child('signerName')))
  if (!isAbsent(expirationSeconds) && numberOf(expirationSeconds) < minSeconds) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(invalid(path.child('expirationSeconds'), expirationSeconds, detail))
  }
  return [...errors, ...conditionErrors(request, before), ...certificateErrors(request, old)]
}

function requestProblem(base64: string): string | undefined {
  const [first] = pemBlocks(decodeText(base64))
  return first?.type === 'CERTIFICATE REQUEST' ? undefined : 'PEM block type must be CERTIFICATE REQUEST'
}

function conditionErrors(request: Fields, old: Fields): readonly FieldError[] {
  const oldTypes = typesOf(old)
  const bothBefore = decisions.every((type) => oldTypes.includes(type))
  const seen = new Set<string>()
  return conditionsOf(request).flatMap((condition, index) => {
    const at = conditionsPath.index(index)
    const type = textOf(condition['type'])
    const status = textOf(condition['status'])
    const allowed = [...decisions, 'Failed'].includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    const errors: FieldError[] = type === '' && !oldTypes.includes('') ? [required(at.child('type'))] : []
    if (status === '') errors.push(required(at.child('status')))
    else if (!allowed.includes(status)) errors.push(notSupported(at.child('status'), named(status), allowed))
    const other = decisions.find((decision) => decision !== type)
    if (!bothBefore && decisions.includes(type) && other !== undefined && seen.has(other)) {
      errors.push(...covered(withOrigin([invalid(conditionsPath, named(type), exclusive)], 'zeroOrOneOf')))
    }
    if (!repeats(oldTypes) && seen.has(type)) errors.push(duplicate(at.child('type'), named(type)))
    seen.add(type)
    return errors
  })
}

const places = decisions.map((type) => `conditions[{"type": "${type}"}]`)

/** The same as declarative validation tells it, which looks only at conditions that changed. */
export function declaredDecisionErrors(request: Fields, old: Fields | undefined): readonly FieldError[] {
  const before = old === undefined ? [] : typesOf(old)
  const now = typesOf(request)
  const both = (types: readonly string[]): boolean => decisions.every((type) => types.includes(type))
  if (!both(now) || both(before)) return []
  const why = `must specify at most one of: ${places.map((place) => `\`${place}\``).join(', ')}`
  return withOrigin([invalid(conditionsPath, `{${places.join(', ')}}`, why)], 'zeroOrOneOf')
}

function certificateErrors(request: Fields, old: Fields | undefined): readonly FieldError[] {
  const certificate = textOf(statusOf(request)['certificate'])
  const before = textOf(statusOf(old ?? none)['certificate'])
  if (old !== undefined && (certificate === before || certificateProblem(before) !== undefined)) return []
  const problem = certificateProblem(certificate)
  return problem === undefined ? [] : [invalid(certificatePath, '<certificate data>', problem)]
}

function certificateProblem(base64: string): string | undefined {
  if (base64 === '') return undefined
  const blocks = pemBlocks(decodeText(base64))
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    if (parseCertificate(bytes) === undefined) return 'x509: malformed certificate'
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

/** Checks an update: decisions are added by approvals alone, certificates by status writes alone, and both stay. */
export function requestUpdateErrors(request: Fields, old: Fields, write: RequestWrite): readonly FieldError[] {
  const errors = [...requestErrors(request, old)]
  const ofType = (object: Fields, type: string): readonly Fields[] =>
    conditionsOf(object).filter((condition) => condition['type'] === type)
  for (const type of [...decisions, 'Failed']) {
    if (ofType(request, type).length < ofType(old, type).length) {
      errors.push(forbidden(conditionsPath, `updates may not remove a condition of type ${quote(type)}`))
    }
  }
  for (const type of write.setsDecision ? [] : decisions) {
    const now = ofType(request, type)
    const before = ofType(old, type)
    if (now.length > before.length) {
      errors.push(forbidden(conditionsPath, `updates may not add a condition of type ${quote(type)}`))
    } else if (now.length === before.length && !semanticEqual(now, before)) {
      errors.push(forbidden(conditionsPath, `updates may not modify a condition of type ${quote(type)}`))
    }
  }
  const certificate = textOf(statusOf(request)['certificate'])
  const stored = textOf(statusOf(old)['certificate'])
  if (certificate === stored) return errors
  if (!write.setsCertificate) return [...errors, forbidden(certificatePath, 'updates may not set certificate content')]
  if (stored === '') return errors
  return [...errors, forbidden(certificatePath, 'updates may not modify existing certificate content')]
}
