import {
  compareUtf8,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  nameIsDNSSubdomain,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import { nodeLabelDeprecation, nodeTermWarnings } from '../core/node-labels.ts'
import { internalValue } from '../internal-form/internal-value.ts'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../meta/json.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import type { Room } from '../room.ts'

const topologyPath = FieldPath.of('nodeTopology')
const classPath = FieldPath.of('storageClassName')
const capacityPath = FieldPath.of('capacity')

function capacityErrors(object: Fields, anyLabelValue: boolean): readonly FieldError[] {
  const { nodeTopology, storageClassName, capacity } = object
  const name = textOf(storageClassName)
  const parsed = isAbsent(capacity) ? undefined : tryParseQuantity(textOf(capacity))
  return [
    ...selectorErrors(nodeTopology, topologyPath, anyLabelValue),
    ...invalidEach(classPath, name, nameIsDNSSubdomain(name, false)),
    ...(parsed?.ok && parsed.value.sign() < 0
      ? [invalid(capacityPath, capacity, 'must be greater than or equal to 0')]
      : []),
  ]
}

function warnings({ nodeTopology }: Fields): readonly string[] {
  if (!isFields(nodeTopology)) return []
  const labels = Object.keys(fieldsOf(nodeTopology['matchLabels'])).sort(compareUtf8)
  return [
    ...nodeTermWarnings(nodeTopology, false, topologyPath),
    ...labels.flatMap((label) => {
      const message = nodeLabelDeprecation(label)
      return message === undefined ? [] : [`${topologyPath.child('matchLabels').child(label)}: ${message}`]
    }),
  ]
}

/** @see pkg/registry/storage/csistoragecapacity/strategy.go */
export const csiStorageCapacityRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  validate: (object) => capacityErrors(object, false),
  warningsOnCreate: warnings,
  update: {
    validate(object, old) {
      const { nodeTopology, storageClassName } = object
      const errors = [...capacityErrors(object, selectorErrors(old['nodeTopology'], topologyPath).length > 0)]
      if (!semanticEqual(nodeTopology, old['nodeTopology'])) {
        const shown = isFields(nodeTopology) ? internalValue('LabelSelector', nodeTopology) : null
        errors.push(invalid(topologyPath, shown, fieldImmutableMessage))
      }
      if (textOf(storageClassName) !== textOf(old['storageClassName'])) {
        errors.push(invalid(classPath, textOf(storageClassName), fieldImmutableMessage))
      }
      return errors
    },
    warnings,
  },
}
