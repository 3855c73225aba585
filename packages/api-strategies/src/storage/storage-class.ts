import {
  duplicate,
  type FieldError,
  FieldPath,
  required,
  semanticEqual,
  validateImmutableField,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { nodeLabelDeprecation } from '../core/node-labels.ts'
import { ifSetOneOf } from '../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, listOf, objectsOf, textOf } from '../meta/json.ts'
import { coveredLast } from '../resource/declarative/coverage.ts'
import type { Room } from '../room.ts'
import { parameterErrors, provisionerErrors, unchangedErrors } from './parameters.ts'

const topologiesPath = FieldPath.of('allowedTopologies')
const modePath = FieldPath.of('volumeBindingMode')

function storageClassErrors(storageClass: Fields): readonly FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = storageClass
  return [
    ...provisionerErrors(provisioner, FieldPath.of('provisioner')),
    ...parameterErrors(parameters, true),
    ...(isEmpty(reclaimPolicy) ? [] : ifSetOneOf(reclaimPolicy, FieldPath.of('reclaimPolicy'), ['Delete', 'Retain'])),
    ...(isAbsent(volumeBindingMode)
      ? [required(modePath)]
      : ifSetOneOf(volumeBindingMode, modePath, ['Immediate', 'WaitForFirstConsumer'])),
    ...topologyErrors(objectsOf(storageClass['allowedTopologies'])),
  ]
}

/** Upstream begins with as many empty terms as there are terms: an empty term is told to repeat each of them. */
function topologyErrors(terms: readonly Fields[]): readonly FieldError[] {
  const seen: Readonly<Record<string, readonly string[]>>[] = terms.map(() => ({}))
  return terms.flatMap((term, index) => {
    const at = topologiesPath.index(index).child('matchLabelExpressions')
    const keys: Record<string, readonly string[]> = {}
    const errors = objectsOf(term['matchLabelExpressions']).flatMap((expression, place) =>
      expressionErrors(expression, keys, at.index(place)),
    )
    const size = Object.keys(keys).length
    const same = seen.filter((other) => Object.keys(other).length === size && semanticEqual(other, keys))
    const repeated = same.map(() => duplicate(at, ''))
    seen.push(keys)
    return [...errors, ...repeated]
  })
}

function expressionErrors(
  expression: Fields,
  keys: Record<string, readonly string[]>,
  at: FieldPath,
): readonly FieldError[] {
  const values = listOf(expression['values']).map(textOf)
  const key = textOf(expression['key'])
  const known = Object.hasOwn(keys, key)
  keys[key] = [...new Set(values)].sort()
  return [
    ...(values.length === 0 ? [required(at.child('values'))] : []),
    ...values.flatMap((value, index) =>
      values.indexOf(value) < index ? [duplicate(at.child('values').index(index), value)] : [],
    ),
    ...validateLabelName(key, at.child('key')),
    ...(known ? [duplicate(at.child('key'), key)] : []),
  ]
}

function warnings(storageClass: Fields): readonly string[] {
  return objectsOf(storageClass['allowedTopologies']).flatMap((term, index) =>
    objectsOf(term['matchLabelExpressions']).flatMap(({ key }, place) => {
      const message = nodeLabelDeprecation(textOf(key))
      const at = topologiesPath.index(index).child('matchLabelExpressions').index(place).child('key')
      return message === undefined ? [] : [`${at}: ${message}`]
    }),
  )
}

/** @see pkg/registry/storage/storageclass/strategy.go */
export const storageClassRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  validate: (storageClass, context) => coveredLast(storageClassErrors(storageClass), context),
  warningsOnCreate: warnings,
  update: {
    validate: (storageClass, old, context) => {
      const { volumeBindingMode } = storageClass
      const errors = [
        ...storageClassErrors(storageClass),
        ...['parameters', 'provisioner', 'reclaimPolicy'].flatMap((name) => unchangedErrors(storageClass, old, name)),
        ...validateImmutableField(textOf(volumeBindingMode), textOf(old['volumeBindingMode']), modePath),
      ]
      return coveredLast(errors, context)
    },
    warnings,
  },
}
