import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isConfigMapKey,
  semanticEqual,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { decodedLength } from '../base64.ts'

/** How much a config map or a secret may hold, in bytes. */
export const maxSecretSize: number = 1024 * 1024
const immutableDetail = 'field is immutable when `immutable` is set'

function configMapErrors(configMap: Fields): readonly FieldError[] {
  const data = fieldsOf(configMap['data'])
  const binary = fieldsOf(configMap['binaryData'])
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    const path = FieldPath.of('data').key(key)
    errors.push(...invalidEach(path, key, isConfigMapKey(key)))
    if (Object.hasOwn(binary, key)) errors.push(invalid(path, key, 'duplicate of key present in binaryData'))
    size += utf8Length(textOf(value))
  }
  for (const [key, value] of Object.entries(binary)) {
    errors.push(...invalidEach(FieldPath.of('binaryData').key(key), key, isConfigMapKey(key)))
    size += decodedLength(textOf(value))
  }
  return size > maxSecretSize ? [...errors, tooLong(FieldPath.of(''), maxSecretSize)] : errors
}

/** Refuses changes of what was declared immutable. */
export function immutableErrors(object: Fields, old: Fields, names: readonly string[]): readonly FieldError[] {
  if (old['immutable'] !== true) return []
  const undone = object['immutable'] === true ? [] : [forbidden(FieldPath.of('immutable'), immutableDetail)]
  const changed = names.filter((name) => !semanticEqual(fieldsOf(object[name]), fieldsOf(old[name])))
  return [...undone, ...changed.map((name) => forbidden(FieldPath.of(name), immutableDetail))]
}

/** @see pkg/registry/core/configmap/strategy.go */
export const configMapRoom: Room = {
  group: '',
  kind: 'ConfigMap',
  validate: configMapErrors,
  update: {
    validate: (configMap, old) => [
      ...immutableErrors(configMap, old, ['data', 'binaryData']),
      ...configMapErrors(configMap),
    ],
  },
}
