import {
  type FieldError,
  FieldPath,
  forbidden,
  isQualifiedName,
  notSupported,
  required,
  semanticEqual,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const reclaim = ['Delete', 'Retain']
const binding = ['Immediate', 'WaitForFirstConsumer']

function storageClassErrors(storageClass: Fields): readonly FieldError[] {
  const provisioner = textOf(storageClass['provisioner'])
  const path = FieldPath.of('provisioner')
  const check = (name: string, supported: readonly string[]): readonly FieldError[] => {
    const value = textOf(storageClass[name])
    return supported.includes(value) ? [] : [notSupported(FieldPath.of(name), value, supported)]
  }
  return [
    ...(provisioner === ''
      ? [required(path)]
      : invalidEach(path, provisioner, isQualifiedName(provisioner.toLowerCase()))),
    ...(Object.hasOwn(fieldsOf(storageClass['parameters']), '')
      ? [{ ...required(FieldPath.of('parameters')), detail: 'field can not be empty.' }]
      : []),
    ...check('reclaimPolicy', reclaim),
    ...check('volumeBindingMode', binding),
  ]
}

/** @see pkg/registry/storage/storageclass/strategy.go */
export const storageClassRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  validate: storageClassErrors,
  update: {
    validate(storageClass, old) {
      const errors = [...storageClassErrors(storageClass)]
      const changed = (name: string): boolean => !semanticEqual(storageClass[name], old[name])
      if (changed('parameters') && !(isEmpty(storageClass['parameters']) && isEmpty(old['parameters']))) {
        errors.push(forbidden(FieldPath.of('parameters'), 'updates to parameters are forbidden.'))
      }
      if (changed('provisioner')) {
        errors.push(forbidden(FieldPath.of('provisioner'), 'updates to provisioner are forbidden.'))
      }
      for (const name of ['reclaimPolicy', 'volumeBindingMode']) {
        const path = FieldPath.of(name)
        errors.push(...validateImmutableField(storageClass[name] ?? null, old[name] ?? null, path))
      }
      return errors
    },
  },
}
