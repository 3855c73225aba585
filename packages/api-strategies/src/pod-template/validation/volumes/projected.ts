import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isDomainPrefixedKey,
  notSupported,
  required,
  tooLong,
  totalAnnotationSizeLimit,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../../internal-form/internal-value.ts'
import { missingErrors } from '../../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../../meta/json.ts'
import { modeErrors } from '../file-modes.ts'
import type { PodOptions } from '../options.ts'
import { selectorErrors } from '../selectors.ts'
import { isKubernetesSigner, signerNameErrors, signerOfBundle, trustBundleNameMessages } from '../signer-names.ts'
import { downwardAPIFileErrors, keyToPathErrors } from './file-sources.ts'
import { localPathErrors } from './paths.ts'

const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32
const day = 86_400
const minCertificateSeconds = 3600
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']

/** One volume of several sources: which file names are taken, and where the volume stands. */
interface Projection {
  readonly taken: Set<string>
  readonly options: PodOptions
  readonly path: FieldPath
}

/** Checks a volume that puts files of several sources into one directory. */
export function projectedErrors(source: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const projection: Projection = { taken: new Set(), options, path }
  return [
    ...modeErrors(source['defaultMode'], path.child('defaultMode')),
    ...objectsOf(source['sources']).flatMap((item, index) =>
      sourceErrors(item, projection, path.child('sources').index(index)),
    ),
  ]
}

type Check = (source: Fields, projection: Projection, path: FieldPath) => readonly FieldError[]

const checks: readonly (readonly [string, Check])[] = [
  ['secret', keyedErrors],
  ['configMap', keyedErrors],
  ['downwardAPI', downwardErrors],
  ['serviceAccountToken', tokenErrors],
  ['clusterTrustBundle', trustBundleErrors],
  ['podCertificate', certificateErrors],
]

function sourceErrors(item: Fields, projection: Projection, path: FieldPath): readonly FieldError[] {
  const used = checks.filter(([name]) => isFields(item[name]))
  const errors = used.flatMap(([name, check]) => check(fieldsOf(item[name]), projection, path.child(name)))
  if (used.length <= 1) return errors
  return [...errors, forbidden(path, 'may not specify more than 1 volume type per source')]
}

/** Takes a file name; the error names `shown` where it was taken already. */
function take(file: string, shown: string, { taken, path }: Projection): readonly FieldError[] {
  if (taken.has(file)) return [invalid(path, shown, 'conflicting duplicate paths')]
  taken.add(file)
  return []
}

function keyedErrors(source: Fields, projection: Projection, path: FieldPath): readonly FieldError[] {
  return [
    ...missingErrors(source, path, ['name']),
    ...objectsOf(source['items']).flatMap((item, index) => {
      const file = textOf(item['path'])
      return [
        ...keyToPathErrors(item, path.child('items').index(index)),
        ...(file === '' ? [] : take(file, textOf(source['name']), projection)),
      ]
    }),
  ]
}

function downwardErrors(source: Fields, projection: Projection, path: FieldPath): readonly FieldError[] {
  return objectsOf(source['items']).flatMap((item) => {
    const file = textOf(item['path'])
    return [...downwardAPIFileErrors(item, path), ...(file === '' ? [] : take(file, file, projection))]
  })
}

function tokenErrors(source: Fields, { options, path: volume }: Projection, path: FieldPath): readonly FieldError[] {
  const seconds = numberOf(source['expirationSeconds'])
  const file = textOf(source['path'])
  const at = path.child('expirationSeconds')
  const errors: FieldError[] = []
  if (seconds < minTokenSeconds) {
    errors.push(invalid(at, seconds, 'may not specify a duration less than 10 minutes'))
  }
  if (seconds > maxTokenSeconds) {
    errors.push(invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'))
  }
  if (file === '') errors.push(required(volume.child('path')))
  else if (!options.anyTokenPath) errors.push(...localPathErrors(file, volume.child('path')))
  return errors
}

function trustBundleErrors(source: Fields, projection: Projection, path: FieldPath): readonly FieldError[] {
  const file = textOf(source['path'])
  return [
    ...trustErrors(source, path),
    ...missingErrors(source, path, ['path']),
    ...localPathErrors(file, path.child('path')),
    ...take(file, file, projection),
  ]
}

function trustErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const { name, signerName, labelSelector } = source
  if (!isAbsent(name) && !isAbsent(signerName)) {
    const value = internalValue('ClusterTrustBundleProjection', source)
    return [invalid(path, value, 'only one of name and signerName may be used')]
  }
  if (!isAbsent(name)) {
    const text = textOf(name)
    const messages = trustBundleNameMessages(text, signerOfBundle(text), false)
    return [
      ...(text === '' ? [required(path.child('name'), 'must be a valid object name')] : []),
      ...messages.map((message) => invalid(path.child('name'), text, `not a valid clustertrustbundlename: ${message}`)),
      ...(isFields(labelSelector)
        ? [
            invalid(
              path.child('labelSelector'),
              internalValue('LabelSelector', labelSelector),
              'labelSelector must be unset if name is specified',
            ),
          ]
        : []),
    ]
  }
  if (isAbsent(signerName)) return [required(path, 'either name or signerName must be specified')]
  return [
    ...(signerName === '' ? [required(path.child('signerName'), 'must be a valid signer name')] : []),
    ...signerNameErrors(textOf(signerName), path.child('signerName')),
    ...selectorErrors(labelSelector, path.child('labelSelector')),
  ]
}

const certificateFiles = ['credentialBundlePath', 'keyPath', 'certificateChainPath']

function certificateErrors(source: Fields, projection: Projection, path: FieldPath): readonly FieldError[] {
  const signer = textOf(source['signerName'])
  const keyType = textOf(source['keyType'])
  const files = certificateFiles.filter((name) => !isEmpty(source[name]))
  return [
    ...signerNameErrors(signer, path.child('signerName')),
    ...userAnnotationErrors(source['userAnnotations'], path.child('userAnnotations')),
    ...(keyTypes.includes(keyType) ? [] : [notSupported(path.child('keyType'), keyType, keyTypes)]),
    ...expirationErrors(source['maxExpirationSeconds'], signer, path.child('maxExpirationSeconds')),
    ...files.flatMap((name) => {
      const file = textOf(source[name])
      return [...localPathErrors(file, path.child(name)), ...take(file, file, projection)]
    }),
    ...(files.length === 0
      ? [required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath')]
      : []),
  ]
}

/** Checks the annotations that a pod hands on to the signer of its certificate. */
export function userAnnotationErrors(annotations: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(annotations)) return []
  const entries = Object.entries(annotations)
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(textOf(value)), 0)
  return [
    ...entries.flatMap(([key]) => isDomainPrefixedKey(path, key.toLowerCase())),
    ...(size > totalAnnotationSizeLimit ? [tooLong(path, totalAnnotationSizeLimit)] : []),
  ]
}

function expirationErrors(seconds: unknown, signer: string, path: FieldPath): readonly FieldError[] {
  if (isAbsent(seconds)) return []
  const value = numberOf(seconds)
  const most = isKubernetesSigner(signer) ? day : 91 * day
  const start = 'if provided, maxExpirationSeconds must be'
  return [
    ...(value < minCertificateSeconds ? [invalid(path, value, `${start} >= ${minCertificateSeconds}`)] : []),
    ...(value > most ? [invalid(path, value, `${start} <= ${most}`)] : []),
  ]
}
