import {
  type FieldError,
  type FieldPath,
  invalid,
  isValidLabelValue,
  notSupported,
  required,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, textOf } from '../meta/json.ts'
import { covered } from './declarative/coverage.ts'

const effects = ['NoExecute', 'NoSchedule', 'None']
const operators = ['Equal', 'Exists']

/** Checks a taint of devices. @param old the same taint before: an effect that stays is not looked at */
export function taintErrors(taint: Fields, old: Fields | undefined, path: FieldPath): readonly FieldError[] {
  const effect = textOf(taint['effect'])
  const value = textOf(taint['value'])
  return [
    ...validateLabelName(textOf(taint['key']), path.child('key')),
    ...invalidEach(path.child('value'), value, isValidLabelValue(value)),
    ...(old !== undefined && textOf(old['effect']) === effect ? [] : effectErrors(effect, path.child('effect'))),
  ]
}

function effectErrors(effect: string, path: FieldPath): readonly FieldError[] {
  if (effect === '') return covered([required(path)])
  return effects.includes(effect) ? [] : covered([notSupported(path, named(effect), effects)])
}

/** Checks a toleration of such taints. */
export function tolerationErrors(given: unknown, path: FieldPath): readonly FieldError[] {
  const toleration = fieldsOf(given)
  const effect = textOf(toleration['effect'])
  const key = textOf(toleration['key'])
  return [
    ...(key === '' ? [] : covered(validateLabelName(key, path.child('key')))),
    ...operatorErrors(toleration, path),
    ...(effect === '' ? [] : effectErrors(effect, path.child('effect'))),
  ]
}

function operatorErrors(toleration: Fields, path: FieldPath): readonly FieldError[] {
  const operator = textOf(toleration['operator'])
  const value = textOf(toleration['value'])
  const at = path.child('operator')
  switch (operator) {
    case 'Exists':
      return isEmpty(value) ? [] : [invalid(path.child('value'), value, 'must be empty for operator `Exists`')]
    case 'Equal':
      return invalidEach(path.child('value'), value, isValidLabelValue(value))
    case '':
      return [required(at)]
    default:
      return covered([notSupported(at, named(operator), operators)])
  }
}
