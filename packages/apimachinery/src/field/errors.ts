import type { FieldError, FieldErrorType } from '../field-error.ts'
import { quote } from '../text/quote.ts'
import type { FieldPathLike } from './path.ts'

/**
 * Reports a malformed value: bad syntax, out of bounds, changed though immutable.
 *
 * @param badValue the value; `undefined` leaves it out of the message
 */
export function invalid(path: FieldPathLike, badValue: unknown, detail: string): FieldError {
  return fieldError('FieldValueInvalid', path, badValue, detail)
}

/** Reports a value of the wrong type. Prints as `invalid` does. */
export function typeInvalid(path: FieldPathLike, badValue: unknown, detail: string): FieldError {
  return fieldError('FieldValueTypeInvalid', path, badValue, detail)
}

/** Reports that a value is missing or empty. */
export function required(path: FieldPathLike, detail = ''): FieldError {
  return fieldError('FieldValueRequired', path, '', detail)
}

/**
 * Reports a value that is none of those supported.
 *
 * @param supported every supported value, in the order to print; none prints no list
 */
export function notSupported(path: FieldPathLike, badValue: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(quote).join(', ')}`
  return fieldError('FieldValueNotSupported', path, badValue, detail)
}

/** Reports a value that is well formed but not allowed here. */
export function forbidden(path: FieldPathLike, detail: string): FieldError {
  return fieldError('FieldValueForbidden', path, '', detail)
}

/** Reports a value that must be unique and is not. */
export function duplicate(path: FieldPathLike, badValue: unknown): FieldError {
  return fieldError('FieldValueDuplicate', path, badValue, '')
}

/** Reports that something a value refers to is not there. */
export function notFound(path: FieldPathLike, badValue: unknown): FieldError {
  return fieldError('FieldValueNotFound', path, badValue, '')
}

/**
 * Reports a value that is too long; the value is not printed.
 *
 * @param maxLength in bytes; below zero when it is not to be told
 */
export function tooLong(path: FieldPathLike, maxLength: number): FieldError {
  const unit = maxLength === 1 ? 'byte' : 'bytes'
  const detail = maxLength < 0 ? 'value is too long' : `may not be more than ${maxLength} ${unit}`
  return fieldError('FieldValueTooLong', path, '<value omitted>', detail)
}

/**
 * Reports a list with too many items.
 *
 * @param actual how many there are; below zero when it is not to be told
 * @param max how many there may be; below zero when it is not to be told
 */
export function tooMany(path: FieldPathLike, actual: number, max: number): FieldError {
  const unit = max === 1 ? 'item' : 'items'
  const detail = max < 0 ? 'has too many items' : `must have at most ${max} ${unit}`
  return fieldError('FieldValueTooMany', path, actual < 0 ? undefined : actual, detail)
}

/** Reports a failure that is not the user's. */
export function internalFieldError(path: FieldPathLike, detail: string): FieldError {
  return fieldError('InternalError', path, null, detail)
}

/** Marks errors with the rule that they come from; the input is left as it is. */
export function withOrigin(errors: readonly FieldError[], origin: string): readonly FieldError[] {
  return errors.map((error) => ({ ...error, origin }))
}

function fieldError(type: FieldErrorType, path: FieldPathLike, badValue: unknown, detail: string): FieldError {
  const field = typeof path === 'string' ? path : path.toString()
  return badValue === undefined ? { type, field, detail } : { type, field, badValue, detail }
}
