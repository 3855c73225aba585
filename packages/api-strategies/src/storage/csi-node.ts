import {
  duplicate,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  required,
  semanticEqual,
  utf8Length,
  validateNonnegativeField,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../internal-form/internal-value.ts'
import { qualifiedNameErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, listOf, numberOf, objectsOf, textOf, withField } from '../meta/json.ts'
import { csiDriverNameErrors } from '../pod-template/validation/volumes/csi.ts'
import type { Room } from '../room.ts'

const path = FieldPath.of('spec', 'drivers')
const maxNodeIdLength = 256

const driversOf = (node: Fields): readonly Fields[] => objectsOf(fieldsOf(node['spec'])['drivers'])

function nodeErrors(node: Fields): readonly FieldError[] {
  const seen = new Set<string>()
  return driversOf(node).flatMap((driver, index) => {
    const at = path.index(index)
    const name = textOf(driver['name'])
    const count = fieldsOf(driver['allocatable'])['count']
    const repeated = seen.has(name) ? [duplicate(at.child('name'), name)] : []
    seen.add(name)
    return [
      ...csiDriverNameErrors(name, at.child('name')),
      ...nodeIdErrors(textOf(driver['nodeID']), at.child('nodeID')),
      ...(isAbsent(count) ? [] : validateNonnegativeField(numberOf(count), at.child('allocatable', 'count'))),
      ...repeated,
      ...topologyKeyErrors(listOf(driver['topologyKeys']).map(textOf), at),
    ]
  })
}

function nodeIdErrors(id: string, at: FieldPath): readonly FieldError[] {
  if (id === '') return [required(at)]
  return utf8Length(id) > maxNodeIdLength ? [invalid(at, id, `must be ${maxNodeIdLength} characters or less`)] : []
}

function topologyKeyErrors(keys: readonly string[], at: FieldPath): readonly FieldError[] {
  return keys.flatMap((key, index) => [
    ...(key === '' ? [required(at)] : []),
    ...(keys.indexOf(key) < index ? [duplicate(at, key)] : []),
    ...qualifiedNameErrors(key, at),
  ])
}

/** A driver that stays may not change, but for what it can attach when that is mutable. @see KEP-4876 */
function changeErrors(node: Fields, old: Fields, mutable: boolean): readonly FieldError[] {
  const compared = (driver: Fields): Fields => (mutable ? withField(driver, 'allocatable', undefined) : driver)
  const drivers = driversOf(node)
  return driversOf(old).flatMap((before) =>
    drivers.flatMap((driver) =>
      driver['name'] !== before['name'] || semanticEqual(compared(driver), compared(before))
        ? []
        : [invalid(path, internalValue('storage.CSINodeDriver', compared(driver)), fieldImmutableMessage)],
    ),
  )
}

/** @see pkg/registry/storage/csinode/strategy.go */
export const csiNodeRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'CSINode',
  validate: nodeErrors,
  update: {
    /** Upstream checks an update twice. */
    validate: (node, old, { gates }) => {
      const errors = nodeErrors(node)
      return [...errors, ...errors, ...changeErrors(node, old, gates.enabled('MutableCSINodeAllocatableCount'))]
    },
  },
}
