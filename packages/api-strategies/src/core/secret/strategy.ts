import {
  type FieldError,
  FieldPath,
  invalid,
  isConfigMapKey,
  jsonSyntaxError,
  required,
  tooLong,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { decodedLength, decodeText, encodeText } from '../base64.ts'
import { immutableErrors, maxSecretSize } from '../config-map/strategy.ts'
import { keyPairProblem } from './key-pair.ts'

const dataPath = FieldPath.of('data')
const accountAnnotation = 'kubernetes.io/service-account.name'
const redacted = '<secret contents redacted>'

function secretErrors(secret: Fields): readonly FieldError[] {
  const data = fieldsOf(secret['data'])
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(dataPath.key(key), key, isConfigMapKey(key)))
    size += decodedLength(textOf(value))
  }
  if (size > maxSecretSize) errors.push(tooLong(dataPath, maxSecretSize))
  return [...errors, ...typeErrors(secret, data)]
}

function typeErrors(secret: Fields, data: Fields): readonly FieldError[] {
  const missing = (...keys: readonly string[]): readonly FieldError[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(dataPath.key(key)))
  switch (secret['type']) {
    case 'kubernetes.io/service-account-token': {
      const annotations = fieldsOf(fieldsOf(secret['metadata'])['annotations'])
      const path = FieldPath.of('metadata', 'annotations').key(accountAnnotation)
      return isEmpty(annotations[accountAnnotation]) ? [required(path)] : []
    }
    case 'kubernetes.io/dockercfg':
      return jsonErrors(data, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return jsonErrors(data, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      return Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password') ? [] : missing('username', 'password')
    case 'kubernetes.io/ssh-auth':
      return isEmpty(data['ssh-privatekey']) ? [required(dataPath.key('ssh-privatekey'))] : []
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

function jsonErrors(data: Fields, key: string): readonly FieldError[] {
  if (!Object.hasOwn(data, key)) return [required(dataPath.key(key))]
  const text = decodeText(textOf(data[key]))
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (isFields(value) || value === null) return []
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    const why = `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`
    return [invalid(dataPath.key(key), redacted, why)]
  } catch {
    return [invalid(dataPath.key(key), redacted, jsonSyntaxError(text ?? '') ?? 'unexpected end of JSON input')]
  }
}

/** Warns of a certificate and a key that are no pair. */
function pairWarnings(secret: Fields): readonly string[] {
  if (secret['type'] !== 'kubernetes.io/tls') return []
  const data = fieldsOf(secret['data'])
  const pem = (name: string) => decodeText(textOf(data[name])) ?? ''
  const problem = keyPairProblem(pem('tls.crt'), pem('tls.key'))
  return problem === undefined ? [] : [problem]
}

/** Moves what was given as plain text to the data that is stored. @see pkg/apis/core/v1/conversion.go */
function mergeStringData(secret: Fields): Fields {
  const { stringData, ...rest } = secret
  if (!isFields(stringData)) return secret
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encodeText(textOf(value))])
  return { ...rest, data: { ...fieldsOf(rest['data']), ...Object.fromEntries(encoded) } }
}

/** @see pkg/registry/core/secret/strategy.go */
export const secretRoom: Room = {
  group: '',
  kind: 'Secret',
  prepareForCreate: mergeStringData,
  validate: secretErrors,
  warningsOnCreate: pairWarnings,
  update: {
    prepare(secret, old) {
      const merged = mergeStringData(secret)
      return isEmpty(merged['type']) ? withField(merged, 'type', old['type']) : merged
    },
    validate: (secret, old) => [
      ...validateImmutableField(textOf(secret['type']), textOf(old['type']), FieldPath.of('type')),
      ...immutableErrors(secret, old, ['data']),
      ...secretErrors(secret),
    ],
    warnings: pairWarnings,
  },
  selectableFields: (secret) => ({ type: textOf(secret['type']) }),
}
