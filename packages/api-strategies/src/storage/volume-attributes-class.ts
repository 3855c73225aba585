import { type FieldError, FieldPath } from '@kube-bonsai/apimachinery'
import type { Fields } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { parameterErrors, provisionerErrors, unchangedErrors } from './parameters.ts'

const classErrors = (object: Fields): readonly FieldError[] => [
  ...provisionerErrors(object['driverName'], FieldPath.of('driverName')),
  ...parameterErrors(object['parameters'], false),
]

/** @see pkg/registry/storage/volumeattributesclass/strategy.go */
export const volumeAttributesClassRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  validate: classErrors,
  update: {
    validate: (object, old) => [
      ...['driverName', 'parameters'].flatMap((name) => unchangedErrors(object, old, name)),
      ...classErrors(object),
    ],
  },
}
