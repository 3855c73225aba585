import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isDNS1035Label,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, textOf } from '../meta/json.ts'
import { webhookServiceErrors, webhookUrlErrors } from './webhook.ts'

const accepted = ['v1', 'v1beta1']

/** How strict the conversion of a definition is checked. */
export interface ConversionOptions {
  readonly requireRecognizedVersion: boolean
  readonly allowInvalidCABundle: boolean
}

/** The review versions that the webhook of a spec knows. */
export function reviewVersionsOf(spec: Fields): readonly string[] {
  return listOf(fieldsOf(fieldsOf(spec['conversion'])['webhook'])['conversionReviewVersions']).map(textOf)
}

/** Whether one of the versions is one that the server speaks. */
export function isRecognized(versions: readonly string[]): boolean {
  return versions.some((version) => accepted.includes(version))
}

/** The certificates of a spec's webhook, in base64; empty where there are none. */
export function caBundleOf(spec: Fields): string {
  return textOf(fieldsOf(fieldsOf(fieldsOf(spec['conversion'])['webhook'])['clientConfig'])['caBundle'])
}

/** Whether a bundle holds no certificate in PEM. */
export function isInvalidCABundle(bundle: string): boolean {
  try {
    return bundle !== '' && !atob(bundle).includes('-----BEGIN CERTIFICATE-----')
  } catch {
    return true
  }
}

/**
 * Checks `spec.conversion`. The fields of the webhook stand one level higher in messages, as in upstream's internal type.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go validateCustomResourceConversion
 */
export function conversionErrors(spec: Fields, path: FieldPath, options: ConversionOptions): readonly FieldError[] {
  if (!isFields(spec['conversion'])) return []
  const conversion = spec['conversion']
  const strategy = textOf(conversion['strategy'])
  const webhook = fieldsOf(conversion['webhook'])
  const config = webhook['clientConfig']
  const versions = reviewVersionsOf(spec)
  const at = path.child('webhookClientConfig')
  const errors: FieldError[] = []
  if (strategy === '') errors.push(required(path.child('strategy'), ''))
  else if (strategy !== 'None' && strategy !== 'Webhook')
    errors.push(notSupported(path.child('strategy'), strategy, ['None', 'Webhook']))
  const versionsAt = path.child('conversionReviewVersions')
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook'
    if (!isAbsent(config)) errors.push(forbidden(at, why))
    if (versions.length > 0) errors.push(forbidden(versionsAt, why))
    return errors
  }
  if (isFields(config)) errors.push(...configErrors(config, at, options))
  else errors.push(required(at, 'required when strategy is set to Webhook'))
  return [...errors, ...reviewVersionErrors(versions, versionsAt, options)]
}

function configErrors(config: Fields, path: FieldPath, options: ConversionOptions): readonly FieldError[] {
  const errors: FieldError[] = []
  const { url, service } = config
  if (isAbsent(url) === isAbsent(service)) errors.push(required(path, 'exactly one of url or service is required'))
  else if (!isAbsent(url)) errors.push(...webhookUrlErrors(textOf(url), path.child('url')))
  else errors.push(...webhookServiceErrors(fieldsOf(service), path.child('service')))
  const bundle = textOf(config['caBundle'])
  if (!options.allowInvalidCABundle && isInvalidCABundle(bundle)) {
    const why = 'unable to load root certificates: unable to parse bytes as PEM block'
    errors.push(invalid(path.child('caBundle'), bundle, why))
  }
  return errors
}

function reviewVersionErrors(
  versions: readonly string[],
  path: FieldPath,
  options: ConversionOptions,
): readonly FieldError[] {
  if (versions.length === 0) return [required(path, '')]
  const errors = versions.flatMap((version, index) => {
    if (versions.indexOf(version) < index) return [invalid(path.index(index), version, 'duplicate version')]
    return isDNS1035Label(version).map((why) => invalid(path.index(index), version, why))
  })
  if (!options.requireRecognizedVersion || isRecognized(versions)) return errors
  return [...errors, invalid(path, versions, `must include at least one of ${accepted.join(', ')}`)]
}
