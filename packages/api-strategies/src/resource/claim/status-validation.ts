import {
  type Condition,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  forbidden,
  invalid,
  isValidInterfaceAddress,
  jsonString,
  notSupported,
  RenderedValue,
  required,
  semanticEqual,
  structValue,
  tooLong,
  tooMany,
  utf8Length,
  validateConditions,
  withOrigin,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { labelErrors, missingErrors, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, objectsOf, textOf } from '../../meta/json.ts'
import { nodeSelectorErrors } from '../../pod-template/validation/affinity.ts'
import { bindingConditionErrors } from '../binding-conditions.ts'
import { configurationErrors, rawObjectErrors } from '../configuration.ts'
import { covered } from '../declarative/coverage.ts'
import { listErrors, setErrors } from '../lists.ts'
import {
  coveredDriverErrors,
  driverNameErrors,
  poolNameErrors,
  type RequestNames,
  requestNamesOf,
  requestRefErrors,
  uidErrors,
} from '../names.ts'
import { requestRefsErrors } from './spec-validation.ts'

const maxReserved = 256
const maxResults = 32
const maxConfigs = 64
const maxConditions = 8
const maxAddresses = 16
const longestInterfaceName = 256
const longestHardwareAddress = 128

const statusPath = FieldPath.of('status')

/** Which device a result or a device's status is about. */
export function deviceKey(device: Fields): string {
  return JSON.stringify(['driver', 'pool', 'device', 'shareID'].map((name) => textOf(device[name])))
}

/** Checks a change of a claim's status. @see pkg/apis/resource/validation/validation.go validateResourceClaimStatusUpdate */
export function claimStatusErrors(claim: Fields, old: Fields): readonly FieldError[] {
  const status = fieldsOf(claim['status'])
  const stored = fieldsOf(old['status'])
  const { allocation, reservedFor } = status
  const results = objectsOf(fieldsOf(fieldsOf(allocation)['devices'])['results'])
  const allocated = new Set(isFields(allocation) ? results.map(deviceKey) : [])
  const consumer = (item: unknown, path: FieldPath): readonly FieldError[] =>
    missingErrors(fieldsOf(item), path, ['resource', 'name', 'uid'])
  const uidOf = (item: unknown): string => textOf(fieldsOf(item)['uid'])
  return [
    ...setErrors(reservedFor, maxReserved, consumer, uidOf, statusPath.child('reservedFor')),
    ...setErrors(
      status['devices'],
      Number.POSITIVE_INFINITY,
      (item, path) => deviceStatusErrors(fieldsOf(item), allocated, path),
      (item) => sharedDeviceId(fieldsOf(item)),
      statusPath.child('devices'),
    ),
    ...reservationErrors(claim, status, stored),
    ...allocationChangeErrors(allocation, stored['allocation'], claim),
  ]
}

/** The same as Go prints the struct. */
function sharedDeviceValue({ driver, pool, device, shareID }: Fields): RenderedValue {
  const fields = { Driver: textOf(driver), Pool: textOf(pool), Device: textOf(device), ShareID: textOf(shareID) }
  return structValue(fields, ['Driver', 'Pool', 'Device', 'ShareID'])
}

function sharedDeviceId(device: Fields): RenderedValue {
  const parts = ['driver', 'pool', 'device', 'shareID'].map((name) => textOf(device[name]))
  const share = parts[3] === '' ? [] : [parts[3] ?? '']
  return new RenderedValue(deviceKey(device), jsonString([...parts.slice(0, 3), ...share].join('/')))
}

function reservationErrors(claim: Fields, status: Fields, stored: Fields): readonly FieldError[] {
  const path = statusPath.child('reservedFor')
  if (isEmpty(status['reservedFor'])) return []
  if (!isFields(status['allocation'])) return [forbidden(path, 'may not be specified when `allocated` is not set')]
  if (isEmpty(fieldsOf(claim['metadata'])['deletionTimestamp'])) return []
  const before = listOf(stored['reservedFor'])
  const added = listOf(status['reservedFor']).some((item) => !before.some((known) => semanticEqual(item, known)))
  if (!added) return []
  return [forbidden(path, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')]
}

function allocationChangeErrors(allocation: unknown, stored: unknown, claim: Fields): readonly FieldError[] {
  const path = statusPath.child('allocation')
  if (!isFields(allocation)) return []
  if (isFields(stored)) {
    if (semanticEqual(allocation, stored)) return []
    const value = internalValue('resource.AllocationResult', allocation)
    return covered(withOrigin([invalid(path, value, fieldImmutableMessage)], 'update'))
  }
  const names = requestNamesOf(fieldsOf(fieldsOf(claim['spec'])['devices'])['requests'])
  const devices = fieldsOf(allocation['devices'])
  const at = path.child('devices')
  const { nodeSelector } = allocation
  return [
    ...listErrors(
      devices['results'],
      maxResults,
      (item, below) => resultErrors(fieldsOf(item), names, below),
      at.child('results'),
    ),
    ...listErrors(
      devices['config'],
      maxConfigs,
      (item, below) => [
        ...sourceErrors(fieldsOf(item)['source'], below.child('source')),
        ...requestRefsErrors(fieldsOf(item), names, below),
        ...configurationErrors(fieldsOf(item), false, below),
      ],
      at.child('config'),
    ),
    ...(isFields(nodeSelector) ? nodeSelectorErrors(nodeSelector, path.child('nodeSelector')) : []),
  ]
}

function sourceErrors(source: unknown, path: FieldPath): readonly FieldError[] {
  if (isEmpty(source)) return covered([required(path)])
  const sources = ['FromClaim', 'FromClass']
  return sources.includes(textOf(source)) ? [] : covered([notSupported(path, named(source), sources)])
}

function placeErrors(device: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...driverNameErrors(device['driver'], path.child('driver')),
    ...poolNameErrors(device['pool'], path.child('pool')),
    ...labelErrors(device['device'], path.child('device')),
  ]
}

function resultErrors(result: Fields, names: RequestNames, path: FieldPath): readonly FieldError[] {
  const { shareID } = result
  return [
    ...requestRefErrors(result['request'], names, path.child('request')),
    ...coveredDriverErrors(result['driver'], path.child('driver')),
    ...covered(poolNameErrors(result['pool'], path.child('pool'))),
    ...labelErrors(result['device'], path.child('device')),
    ...bindingConditionErrors(result, path),
    ...(isAbsent(shareID) ? [] : covered(uidErrors(shareID, path.child('shareID')))),
  ]
}

function deviceStatusErrors(device: Fields, allocated: ReadonlySet<string>, path: FieldPath): readonly FieldError[] {
  const { shareID, data } = device
  const conditions = listOf(device['conditions'])
  const at = path.child('conditions')
  return [
    ...placeErrors(device, path),
    ...(isAbsent(shareID) ? [] : covered(uidErrors(shareID, path.child('shareID')))),
    ...(allocated.has(deviceKey(device))
      ? []
      : [invalid(path, sharedDeviceValue(device), 'must be an allocated device in the claim')]),
    ...(conditions.length > maxConditions ? [tooMany(at, conditions.length, maxConditions)] : []),
    ...validateConditions(conditions as readonly Condition[], at),
    ...(isAbsent(data) ? [] : rawObjectErrors(data, false, path.child('data'))),
    ...networkDataErrors(device['networkData'], path.child('networkData')),
  ]
}

function networkDataErrors(data: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(data)) return []
  const long = (name: string, max: number): readonly FieldError[] =>
    utf8Length(textOf(data[name])) > max ? covered(withOrigin([tooLong(path.child(name), max)], 'maxLength')) : []
  const address = (item: unknown, at: FieldPath): readonly FieldError[] => isValidInterfaceAddress(at, textOf(item))
  return [
    ...long('interfaceName', longestInterfaceName),
    ...long('hardwareAddress', longestHardwareAddress),
    ...setErrors(data['ips'], maxAddresses, address, (item) => item, path.child('ips')),
  ]
}
