import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { humanMillis } from '../printing/ages.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { formatLabels, none, textOr } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const millisPerSecond = 1000

function signingState(request: Fields): string {
  const { conditions, certificate } = fieldsOf(request['status'])
  const has = (name: string): boolean => objectsOf(conditions).some(({ type }) => type === name)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${isEmpty(certificate) ? '' : ',Issued'}`
}

export const certificateSigningRequestTable: TableStrategy = table([
  nameColumn,
  ageColumn,
  column('SignerName', 'Who shall sign', (request) => textOr(specOf(request)['signerName'], none)),
  column('Requestor', 'Who asks', (request) => textOf(specOf(request)['username'])),
  column('RequestedDuration', 'How long it shall be valid', (request) => {
    const { expirationSeconds } = specOf(request)
    return isAbsent(expirationSeconds) ? none : humanMillis(numberOf(expirationSeconds) * millisPerSecond)
  }),
  column('Condition', 'Whether it is approved and issued', signingState),
])

export const clusterTrustBundleTable: TableStrategy = table([
  nameColumn,
  column('SignerName', 'Whose certificates it trusts', (bundle) => textOr(specOf(bundle)['signerName'], none)),
])

export const podCertificateRequestTable: TableStrategy = table([
  nameColumn,
  column('PodName', 'The pod it is for', (request) => textOf(specOf(request)['podName'])),
  column('ServiceAccountName', 'Its service account', (request) => textOf(specOf(request)['serviceAccountName'])),
  column('NodeName', 'Its node', (request) => textOf(specOf(request)['nodeName'])),
  column('SignerName', 'Who shall sign', (request) => textOf(specOf(request)['signerName'])),
  column('State', 'Pending, Issued, Denied or Failed', (request) => {
    const known = objectsOf(fieldsOf(request['status'])['conditions']).findLast(
      ({ type }) => type === 'Issued' || type === 'Denied' || type === 'Failed',
    )
    return known === undefined ? 'Pending' : textOf(known['type'])
  }),
  column('UnverifiedUserAnnotations', 'What the pod says to the signer', (request) =>
    formatLabels(specOf(request)['unverifiedUserAnnotations']),
  ),
])
