import {
  type FieldError,
  FieldPath,
  invalid,
  tooLong,
  utf8Length,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, textOf } from '../meta/json.ts'
import { signerNameErrors, trustBundleNameMessages } from '../pod-template/validation/signer-names.ts'
import type { Room } from '../room.ts'
import { parseCertificate } from './der.ts'
import { pemBlocks } from './pem.ts'

const signerPath = FieldPath.of('spec', 'signerName')
const bundlePath = FieldPath.of('spec', 'trustBundle')
const maxBundleBytes = 1024 * 1024
const omitted = '<value omitted>'

const specOf = (bundle: Fields): Fields => fieldsOf(bundle['spec'])

function bundleErrors(bundle: Fields, parsed: boolean): readonly FieldError[] {
  const { signerName, trustBundle } = specOf(bundle)
  const signer = textOf(signerName)
  return [
    ...(signer === '' ? [] : signerNameErrors(signer, signerPath)),
    ...(parsed ? anchorErrors(textOf(trustBundle)) : []),
  ]
}

function anchorErrors(text: string): readonly FieldError[] {
  if (utf8Length(text) > maxBundleBytes) return [tooLong(bundlePath, maxBundleBytes)]
  const refuse = (detail: string): FieldError => invalid(bundlePath, omitted, detail)
  const places = new Map<string, number[]>()
  const errors = pemBlocks(text).flatMap(({ type, hasHeaders, bytes }, index) => {
    if (type !== 'CERTIFICATE') return [refuse(`entry ${index} has bad block type: ${type}`)]
    if (hasHeaders) return [refuse(`entry ${index} has PEM block headers`)]
    const certificate = parseCertificate(bytes)
    if (certificate === undefined) return [refuse(`entry ${index} does not parse as X.509`)]
    if (!certificate.isCA) return [refuse(`entry ${index} does not have the CA bit set`)]
    const key = bytes.join()
    places.set(key, [...(places.get(key) ?? []), index])
    return []
  })
  if (errors.length > 0) return errors
  if (places.size === 0) return [refuse('at least one trust anchor must be provided')]
  return [...places.values()]
    .filter(({ length }) => length > 1)
    .map((indices) => refuse(`duplicate trust anchor (indices [${indices.join(' ')}])`))
}

/** @see pkg/registry/certificates/clustertrustbundle/strategy.go */
export const clusterTrustBundleRoom: Room = {
  group: 'certificates.k8s.io',
  kind: 'ClusterTrustBundle',
  nameMessages: (bundle, name, prefix) => trustBundleNameMessages(name, textOf(specOf(bundle)['signerName']), prefix),
  validate: (bundle) => bundleErrors(bundle, true),
  selectableFields: (bundle) => ({ 'spec.signerName': textOf(specOf(bundle)['signerName']) }),
  update: {
    validate: (bundle, old) => {
      const { signerName, trustBundle } = specOf(bundle)
      const before = specOf(old)
      return [
        ...bundleErrors(bundle, textOf(trustBundle) !== textOf(before['trustBundle'])),
        ...validateImmutableField(textOf(signerName), textOf(before['signerName']), signerPath),
      ]
    },
  },
}
