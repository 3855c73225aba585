import {
  type FieldError,
  type FieldPath,
  invalid,
  nameIsDNSSubdomain,
  required,
  semanticEqual,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { invalidEach, labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, textOf } from '../../meta/json.ts'
import { nodeSelectorErrors } from '../../pod-template/validation/affinity.ts'
import { bindingConditionErrors } from '../binding-conditions.ts'
import { covered } from '../declarative/coverage.ts'
import { listErrors, mapErrors, setErrors } from '../lists.ts'
import { qualifiedNameErrors } from '../names.ts'
import { taintErrors } from '../taints.ts'
import { capacityErrors } from './capacity-validation.ts'

const maxAttributes = 32
const longestKey = 63 + 1 + 32
const maxTaints = 16
const maxConsumptions = 2
const longestLabel = 63

/** How many counters a set, or what consumes of it, may have. */
export const maxCounters = 32
const longestValue = 64

/** Checks one device. @param chosen devices of this slice say themselves on which nodes they are */
export function deviceErrors(
  device: Fields,
  old: Fields | undefined,
  chosen: boolean,
  path: FieldPath,
): readonly FieldError[] {
  const { attributes, capacity, taints } = device
  const count = Object.keys(fieldsOf(attributes)).length + Object.keys(fieldsOf(capacity)).length
  const shared = device['allowMultipleAllocations'] === true
  const amount = (item: unknown, at: FieldPath): readonly FieldError[] => capacityErrors(item, shared, at)
  const taint = (item: unknown, at: FieldPath): readonly FieldError[] => taintErrors(fieldsOf(item), undefined, at)
  const any = Number.POSITIVE_INFINITY
  const many = `the total number of attributes and capacities must not exceed ${maxAttributes}`
  return [
    ...labelErrors(device['name'], path.child('name')),
    ...(count > maxAttributes ? [invalid(path, count, many)] : []),
    ...mapErrors(attributes, any, longestKey, qualifiedNameErrors, attributeErrors, path.child('attributes')),
    ...mapErrors(capacity, any, longestKey, qualifiedNameErrors, amount, path.child('capacity')),
    ...(old !== undefined && semanticEqual(old['taints'] ?? null, taints ?? null)
      ? []
      : listErrors(taints, maxTaints, taint, path.child('taints'), false)),
    ...setErrors(
      device['consumesCounters'],
      maxConsumptions,
      (item, at) => consumptionErrors(fieldsOf(item), at),
      (item) => textOf(fieldsOf(item)['counterSet']),
      path.child('consumesCounters'),
    ),
    ...placeErrors(device, chosen, path),
    ...bindingConditionErrors(device, path),
  ]
}

/** Checks counters by name, of which there must be some. */
export function countersErrors(counters: unknown, path: FieldPath): readonly FieldError[] {
  if (isEmpty(counters)) return [required(path)]
  return mapErrors(counters, maxCounters, longestLabel, labelErrors, () => [], path)
}

function consumptionErrors(consumption: Fields, path: FieldPath): readonly FieldError[] {
  const { counterSet, counters } = consumption
  const at = path.child('counterSet')
  return [
    ...covered(isEmpty(counterSet) ? [required(at)] : labelErrors(counterSet, at)),
    ...countersErrors(counters, path.child('counters')),
  ]
}

const number = '(0|[1-9]\\d*)'
const preRelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const build = '[0-9a-zA-Z-]+'
const semver = new RegExp(
  `^${number}\\.${number}\\.${number}(-${preRelease}(\\.${preRelease})*)?(\\+${build}(\\.${build})*)?$`,
)

function attributeErrors(given: unknown, path: FieldPath): readonly FieldError[] {
  const attribute = fieldsOf(given)
  const { string, version } = attribute
  const set = ['bool', 'int', 'string', 'version'].filter((name) => !isAbsent(attribute[name]))
  const long = (value: unknown, at: FieldPath): readonly FieldError[] =>
    utf8Length(textOf(value)) > longestValue ? [tooLong(at, longestValue)] : []
  const errors: FieldError[] = []
  if (!isAbsent(string)) errors.push(...long(string, path.child('string')))
  if (!isAbsent(version)) {
    const at = path.child('version')
    const why = 'must be a string compatible with semver.org spec 2.0.0'
    if (!semver.test(textOf(version))) errors.push(invalid(at, version, why))
    errors.push(...long(version, at))
  }
  if (set.length === 1) return errors
  const value = set.length === 0 ? '' : internalValue('resource.DeviceAttribute', attribute)
  return [...errors, ...covered([invalid(path, value, 'exactly one value must be specified')])]
}

const oneOf =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
const notHere =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'

function placeErrors(device: Fields, chosen: boolean, path: FieldPath): readonly FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device
  if (!chosen) {
    const some = [nodeName, nodeSelector, allNodes].some((value) => !isAbsent(value))
    return some ? [invalid(path, null, notHere)] : []
  }
  const errors: FieldError[] = []
  const set: string[] = []
  if (!isAbsent(nodeName)) {
    const at = path.child('nodeName')
    if (nodeName === '') errors.push(invalid(at, nodeName, 'must not be empty'))
    else {
      set.push('`nodeName`')
      errors.push(...nodeNameErrors(nodeName, at))
    }
  }
  if (isFields(nodeSelector)) {
    set.push('`nodeSelector`')
    errors.push(...nodeSelectorErrors(nodeSelector, path.child('nodeSelector')))
  }
  if (allNodes === true) set.push('`allNodes`')
  else if (!isAbsent(allNodes))
    errors.push(invalid(path.child('allNodes'), allNodes, 'must be either unset or set to true'))
  if (set.length === 0) return [...errors, required(path, oneOf)]
  return set.length === 1 ? errors : [...errors, invalid(path, `{${set.join(', ')}}`, oneOf)]
}

/** Refuses a text that names no node. */
export function nodeNameErrors(name: unknown, path: FieldPath): readonly FieldError[] {
  return invalidEach(path, textOf(name), nameIsDNSSubdomain(textOf(name), false))
}
