import { type FieldError, type FieldPath, invalid, required, validateImmutableField } from '@kube-bonsai/apimachinery'
import { internalList } from '../../internal-form/internal-value.ts'
import { labelErrors } from '../../meta/checks.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  isFields,
  listOf,
  numberOf,
  objectsOf,
  textOf,
} from '../../meta/json.ts'
import { nodeSelectorErrors } from '../../pod-template/validation/affinity.ts'
import { covered } from '../declarative/coverage.ts'
import { setErrors } from '../lists.ts'
import { driverNameErrors, poolNameErrors } from '../names.ts'
import { countersErrors, deviceErrors, nodeNameErrors } from './device-validation.ts'

const maxDevices = 128
const maxSpecialDevices = 64
const maxCounterSets = 8
const oneOf = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** Checks what devices a slice offers. @see pkg/apis/resource/validation/validation.go validateResourceSliceSpec */
export function sliceSpecErrors(spec: Fields, old: Fields | undefined, path: FieldPath): readonly FieldError[] {
  const { driver, devices, sharedCounters, perDeviceNodeSelection } = spec
  const known = new Map(objectsOf(old?.['devices']).map((device) => [textOf(device['name']), device]))
  const special = objectsOf(devices).some((it) => !isEmpty(it['taints']) || !isEmpty(it['consumesCounters']))
  const nameOf = (item: unknown): string => textOf(fieldsOf(item)['name'])
  const device = (item: unknown, at: FieldPath): readonly FieldError[] =>
    deviceErrors(fieldsOf(item), known.get(nameOf(item)), perDeviceNodeSelection === true, at)
  return [
    ...driverNameErrors(driver, path.child('driver')),
    ...poolErrors(fieldsOf(spec['pool']), path.child('pool')),
    ...(old === undefined ? [] : frozenErrors(spec, old, path)),
    ...placeErrors(spec, path),
    ...(Array.isArray(sharedCounters) && Array.isArray(devices)
      ? [invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed')]
      : []),
    ...setErrors(devices, special ? maxSpecialDevices : maxDevices, device, nameOf, path.child('devices'), false),
    ...setErrors(sharedCounters, maxCounterSets, counterSetErrors, nameOf, path.child('sharedCounters')),
  ]
}

function poolErrors(pool: Fields, path: FieldPath): readonly FieldError[] {
  const count = numberOf(pool['resourceSliceCount'])
  const generation = numberOf(pool['generation'])
  return [
    ...poolNameErrors(pool['name'], path.child('name')),
    ...(count > 0 ? [] : [invalid(path.child('resourceSliceCount'), count, 'must be greater than zero')]),
    ...(generation < 0 ? [invalid(path.child('generation'), generation, 'must be greater than or equal to zero')] : []),
  ]
}

function frozenErrors(spec: Fields, old: Fields, path: FieldPath): readonly FieldError[] {
  const pool = textOf(fieldsOf(spec['pool'])['name'])
  const oldPool = textOf(fieldsOf(old['pool'])['name'])
  return [
    ...validateImmutableField(pool, oldPool, path.child('pool', 'name')),
    ...validateImmutableField(textOf(spec['driver']), textOf(old['driver']), path.child('driver')),
    ...validateImmutableField(spec['nodeName'] ?? null, old['nodeName'] ?? null, path.child('nodeName')),
  ]
}

function placeErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { nodeName, nodeSelector } = spec
  const errors: FieldError[] = []
  const set: string[] = []
  if (!isAbsent(nodeName)) {
    const at = path.child('nodeName')
    if (nodeName === '') errors.push(invalid(at, nodeName, 'must be either unset or set to a non-empty string'))
    else {
      set.push('`nodeName`')
      errors.push(...nodeNameErrors(nodeName, at))
    }
  }
  if (isFields(nodeSelector)) {
    const at = path.child('nodeSelector')
    const terms = nodeSelector['nodeSelectorTerms']
    set.push('`nodeSelector`')
    errors.push(...nodeSelectorErrors(nodeSelector, at))
    if (listOf(terms).length !== 1) {
      const value = internalList('NodeSelectorTerm', terms)
      errors.push(invalid(at.child('nodeSelectorTerms'), value, 'must have exactly one node selector term'))
    }
  }
  for (const name of ['allNodes', 'perDeviceNodeSelection']) {
    const value = spec[name]
    if (value === true) set.push(`\`${name}\``)
    else if (!isAbsent(value)) errors.push(invalid(path.child(name), value, 'must be either unset or set to true'))
  }
  if (set.length === 0) return [...errors, required(path, oneOf)]
  if (set.length === 1) return errors
  return [...errors, invalid(path, `{${set.join(', ')}}`, `${oneOf}, but multiple fields are set`)]
}

function counterSetErrors(given: unknown, path: FieldPath): readonly FieldError[] {
  const { name, counters } = fieldsOf(given)
  const at = path.child('name')
  return [
    ...covered(isEmpty(name) ? [required(at)] : labelErrors(name, at)),
    ...countersErrors(counters, path.child('counters')),
  ]
}
