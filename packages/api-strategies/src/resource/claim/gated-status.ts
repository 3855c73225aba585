import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, objectsOf, withField } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { eachItem, usesAdminAccess, usesConsumableCapacity } from './gated-fields.ts'
import { deviceKey } from './status-validation.ts'

const specOf = (claim: Fields): Fields => fieldsOf(claim['spec'])
const statusOf = (claim: Fields): Fields => fieldsOf(claim['status'])
const resultsOf = (status: Fields): readonly Fields[] =>
  objectsOf(fieldsOf(fieldsOf(status['allocation'])['devices'])['results'])

function withoutFields(object: Fields, names: readonly string[]): Fields {
  return names.reduce((result, name) => withField(result, name, undefined), object)
}

function eachResult(status: Fields, names: readonly string[]): Fields {
  const { allocation } = status
  if (!isFields(allocation)) return status
  const devices = eachItem(fieldsOf(allocation['devices']), 'results', (result) => withoutFields(result, names))
  return withField(status, 'allocation', withField(allocation, 'devices', devices))
}

const has =
  (names: readonly string[]) =>
  (item: Fields): boolean =>
    names.some((name) => !isAbsent(item[name]))

const shares = ['shareID', 'consumedCapacity']
const conditions = ['bindingConditions', 'bindingFailureConditions']

/**
 * A claim's status without the fields of disabled gates, unless the old claim has them, and without what drivers said
 * of devices that are no longer allocated.
 *
 * @see pkg/registry/resource/resourceclaim/strategy.go
 */
export function preparedStatus(claim: Fields, old: Fields, { gates }: StrategyContext): Fields {
  let status = statusOf(claim)
  const stored = statusOf(old)
  const reported = !isEmpty(stored['devices']) || gates.enabled('DRAResourceClaimDeviceStatus')
  if (!reported) status = withField(status, 'devices', undefined)
  if (
    !gates.enabled('DRAAdminAccess') &&
    !usesAdminAccess(specOf(old)) &&
    !resultsOf(stored).some(has(['adminAccess']))
  )
    status = eachResult(status, ['adminAccess'])
  const shared =
    usesConsumableCapacity(specOf(old)) ||
    resultsOf(stored).some(has(shares)) ||
    objectsOf(stored['devices']).some(has(['shareID']))
  if (!gates.enabled('DRAConsumableCapacity') && !shared)
    status = eachItem(eachResult(status, shares), 'devices', (device) => withoutFields(device, ['shareID']))
  if (!gates.enabled('DRADeviceBindingConditions') && !resultsOf(stored).some(has(conditions)))
    status = eachResult(status, conditions)
  return withField(claim, 'status', reported ? withoutDeallocated(status, stored) : status)
}

function withoutDeallocated(status: Fields, stored: Fields): Fields {
  const kept = new Set(resultsOf(status).map(deviceKey))
  const gone = new Set(
    resultsOf(stored)
      .map(deviceKey)
      .filter((key) => !kept.has(key)),
  )
  const devices = listOf(status['devices']).filter((device) => !gone.has(deviceKey(fieldsOf(device))))
  if (devices.length === listOf(status['devices']).length)
    return devices.length > 0 ? status : withoutFields(status, ['devices'])
  return withField(status, 'devices', devices.length === 0 ? undefined : devices)
}
