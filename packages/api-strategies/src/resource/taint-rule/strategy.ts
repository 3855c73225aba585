import { type Condition, type FieldError, FieldPath, tooMany, validateConditions } from '@kube-bonsai/apimachinery'
import { labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { driverNameErrors, poolNameErrors } from '../names.ts'
import { taintErrors } from '../taints.ts'

const specPath = FieldPath.of('spec')
const maxConditions = 8

function ruleErrors(rule: Fields, old: Fields | undefined): readonly FieldError[] {
  const spec = fieldsOf(rule['spec'])
  const stored = old && fieldsOf(fieldsOf(old['spec'])['taint'])
  return [
    ...selectorErrors(spec['deviceSelector'], specPath.child('deviceSelector')),
    ...taintErrors(fieldsOf(spec['taint']), stored, specPath.child('taint')),
  ]
}

function selectorErrors(selector: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(selector)) return []
  const { driver, pool, device } = selector
  return [
    ...(isAbsent(driver) ? [] : driverNameErrors(driver, path.child('driver'))),
    ...(isAbsent(pool) ? [] : poolNameErrors(pool, path.child('pool'))),
    ...(isAbsent(device) ? [] : labelErrors(device, path.child('device'))),
  ]
}

function statusErrors(rule: Fields): readonly FieldError[] {
  const conditions = listOf(fieldsOf(rule['status'])['conditions'])
  const path = FieldPath.of('status', 'conditions')
  const errors = validateConditions(conditions as readonly Condition[], path)
  return conditions.length > maxConditions ? [...errors, tooMany(path, conditions.length, maxConditions)] : errors
}

/** @see pkg/registry/resource/devicetaintrule/strategy.go */
export const deviceTaintRuleRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'DeviceTaintRule',
  validate: (rule) => ruleErrors(rule, undefined),
  update: { validate: ruleErrors },
  status: { validate: statusErrors },
}
