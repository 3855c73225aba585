import {
  compareUtf8,
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isQualifiedName,
  required,
} from '@kube-bonsai/apimachinery'
import { Quantity } from '@kube-bonsai/quantity'
import { invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, objectsOf, textOf } from '../../meta/json.ts'
import { quantityOf } from '../../pod-template/validation/quantities.ts'
import {
  containerResourceNameErrors,
  mayOvercommit,
  resourceNameErrors,
} from '../../pod-template/validation/resources.ts'
import type { Room } from '../../room.ts'

const limitsPath = FieldPath.of('spec').child('limits')
const standardTypes = ['Pod', 'Container', 'PersistentVolumeClaim']
const one = Quantity.of(1)
/** Beyond it thousandths of an amount do not fit into an int64. */
const maxMilliValue = 9_223_372_036_854_775n

function limitRangeErrors(range: Fields): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(fieldsOf(range['spec'])['limits']).flatMap((limit, index) => {
    const path = limitsPath.index(index)
    const type = textOf(limit['type'])
    const repeated = seen.has(type)
    seen.add(type)
    return [
      ...typeErrors(type, path.child('type')),
      ...(repeated ? [duplicate(path.child('type'), named(type))] : []),
      ...limitErrors(limit, type, path),
    ]
  })
}

function typeErrors(type: string, path: FieldPath): readonly FieldError[] {
  const messages = isQualifiedName(type)
  if (messages.length > 0) return invalidEach(path, named(type), messages)
  if (type.includes('/') || standardTypes.includes(type)) return []
  return [invalid(path, named(type), 'must be a standard limit type or fully qualified')]
}

const defaults = ['default', 'defaultRequest']

function limitErrors(limit: Fields, type: string, path: FieldPath): readonly FieldError[] {
  const ofPod = type === 'Pod'
  const check = type === 'Pod' || type === 'Container' ? containerResourceNameErrors : resourceNameErrors
  const names = (field: string): readonly string[] => Object.keys(fieldsOf(limit[field])).sort(compareUtf8)
  const nameErrors = (field: string): readonly FieldError[] =>
    names(field).flatMap((name) => check(name, path.child(field).key(name)))
  const errors = [...nameErrors('max'), ...nameErrors('min')]
  for (const field of defaults) {
    if (!ofPod) errors.push(...nameErrors(field))
    else if (!isEmpty(limit[field])) {
      errors.push(forbidden(path.child(field), "may not be specified when `type` is 'Pod'"))
    }
  }
  if (type === 'PersistentVolumeClaim' && !names('min').includes('storage') && !names('max').includes('storage')) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided'
    errors.push(required(path.child('limits'), detail))
  }
  errors.push(...nameErrors('maxLimitRequestRatio'))
  const fields = ['max', 'min', ...(ofPod ? [] : defaults), 'maxLimitRequestRatio']
  const keys = [...new Set(fields.flatMap(names))].sort(compareUtf8)
  return [...errors, ...keys.flatMap((name) => amountErrors(limit, name, fields, path))]
}

/** Checks that the bounds of one resource leave room for each other and for the defaults. */
function amountErrors(limit: Fields, name: string, fields: readonly string[], path: FieldPath): readonly FieldError[] {
  const amount = (field: string): Quantity | undefined => {
    const amounts = fieldsOf(limit[field])
    return fields.includes(field) && Object.hasOwn(amounts, name) ? quantityOf(amounts[name]) : undefined
  }
  const min = amount('min')
  const max = amount('max')
  const standard = amount('default')
  const request = amount('defaultRequest')
  const errors: FieldError[] = []
  const compare = (
    low: Quantity | undefined,
    high: Quantity | undefined,
    what: readonly [string, string],
    field: string,
    shown: Quantity | undefined,
  ): void => {
    if (low === undefined || high === undefined || low.cmp(high) <= 0) return
    const detail = `${what[0]} value ${low.toString()} is greater than ${what[1]} value ${high.toString()}`
    errors.push(invalid(path.child(field).key(name), shown?.toString(), detail))
  }
  compare(min, max, ['min', 'max'], 'min', min)
  compare(min, request, ['min', 'default request'], 'defaultRequest', request)
  compare(request, max, ['default request', 'max'], 'defaultRequest', request)
  compare(request, standard, ['default request', 'default limit'], 'defaultRequest', request)
  compare(min, standard, ['min', 'default'], 'default', min)
  compare(standard, max, ['default', 'max'], 'default', max)
  errors.push(...ratioErrors(amount('maxLimitRequestRatio'), min, max, path.child('maxLimitRequestRatio').key(name)))
  if (mayOvercommit(name) || standard === undefined || request === undefined || standard.cmp(request) === 0) {
    return errors
  }
  const detail = `default value ${standard.toString()} must equal to defaultRequest value ${request.toString()} in ${name}`
  return [...errors, invalid(path.child('defaultRequest').key(name), request.toString(), detail)]
}

function ratioErrors(
  ratio: Quantity | undefined,
  min: Quantity | undefined,
  max: Quantity | undefined,
  path: FieldPath,
): readonly FieldError[] {
  if (ratio === undefined) return []
  const text = ratio.toString()
  const errors = ratio.cmp(one) < 0 ? [invalid(path, text, `ratio ${text} is less than 1`)] : []
  if (min === undefined || max === undefined) return errors
  const fine = [ratio, min, max].every((amount) => amount.value() < maxMilliValue)
  const [value, low, high] = fine
    ? [Number(ratio.milliValue()) / 1000, Number(min.milliValue()), Number(max.milliValue())]
    : [Number(ratio.value()), Number(min.value()), Number(max.value())]
  const most = high / low
  if (!(value > most)) return errors
  return [...errors, invalid(path, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`)]
}

/** @see pkg/registry/core/limitrange/strategy.go */
export const limitRangeRoom: Room = {
  group: '',
  kind: 'LimitRange',
  validate: limitRangeErrors,
  update: { validate: limitRangeErrors },
}
