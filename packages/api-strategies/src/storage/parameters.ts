import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  required,
  semanticEqual,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { qualifiedNameErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, textOf } from '../meta/json.ts'
import { covered } from '../resource/declarative/coverage.ts'

const path = FieldPath.of('parameters')
const maxCount = 512
const maxBytes = 256 * 1024

/** Checks the name of who provides volumes. */
export function provisionerErrors(value: unknown, at: FieldPath): readonly FieldError[] {
  const text = textOf(value).toLowerCase()
  return text === '' ? covered([required(at)]) : qualifiedNameErrors(text, at)
}

/** Checks parameters, which are not too many and not too long. */
export function parameterErrors(parameters: unknown, mayBeEmpty: boolean): readonly FieldError[] {
  const entries = Object.entries(fieldsOf(parameters))
  if (entries.length > maxCount) return [tooLong(path, maxCount)]
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(textOf(value)), 0)
  return [
    ...(entries.some(([key]) => key === '') ? [invalid(path, '', 'field can not be empty.')] : []),
    ...(size > maxBytes ? [tooLong(path, maxBytes)] : []),
    ...(mayBeEmpty || entries.length > 0 ? [] : [required(path, 'must contain at least one key/value pair')]),
  ]
}

/** Refuses a change of a field of the object. */
export function unchangedErrors(object: Fields, old: Fields, name: string): readonly FieldError[] {
  const same = semanticEqual(object[name], old[name]) || (isEmpty(object[name]) && isEmpty(old[name]))
  return same ? [] : [forbidden(FieldPath.of(name), `updates to ${name} are forbidden.`)]
}
