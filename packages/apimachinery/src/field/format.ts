import type { FieldError, FieldErrorType } from '../field-error.ts'
import type { StatusCause } from '../objects.ts'
import { compactJson, goNumber } from '../text/compact-json.ts'
import { quote } from '../text/quote.ts'
import { RenderedValue } from './rendered-value.ts'

const titles: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
}

const withoutValue: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
])

/**
 * Writes one field error as upstream's `Error()`: `spec.x: Invalid value: "v": detail`.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */
export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${formatFieldErrorBody(error)}`
}

/** Writes one field error without its field: what a Status cause carries as message. */
export function formatFieldErrorBody(error: FieldError): string {
  const shown = withoutValue.has(error.type) ? '' : valueText(error.badValue)
  return `${titles[error.type]}${shown}${error.detail === '' ? '' : `: ${error.detail}`}`
}

/**
 * Writes a list of field errors as upstream's aggregate: one alone, or `[a, b]`; equal texts once.
 *
 * @returns the empty string for no errors
 */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  return aggregateMessage(errors.map(formatFieldError))
}

/** Joins messages as upstream's `errors.Aggregate`: one alone, or `[a, b]`; equal texts once. */
export function aggregateMessage(messages: readonly string[]): string {
  const distinct = [...new Set(messages)]
  return distinct.length === 1 ? (distinct[0] ?? '') : distinct.length === 0 ? '' : `[${distinct.join(', ')}]`
}

/** Turns field errors into the causes of a Status, one for one, in order. */
export function fieldErrorCauses(errors: readonly FieldError[]): readonly StatusCause[] {
  return errors.map((error) => {
    const cause = { reason: error.type, message: formatFieldErrorBody(error) }
    return error.field === '' ? cause : { ...cause, field: error.field }
  })
}

function valueText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return `: ${quote(value)}`
  if (typeof value === 'number') return `: ${goNumber(value)}`
  if (value instanceof RenderedValue) return `: ${value.text}`
  return `: ${compactJson(value)}`
}
