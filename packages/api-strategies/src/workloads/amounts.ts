import { type FieldError, type FieldPath, intValue, invalid, isValidPercent } from '@kube-bonsai/apimachinery'
import { negativeErrors } from '../meta/checks.ts'
import { isAbsent, numberOf } from '../meta/json.ts'

/** Checks fields that hold a number which may not be below zero; absent ones are fine. */
export function countErrors(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
  path: FieldPath,
): readonly FieldError[] {
  return names.flatMap((name) => (isAbsent(object[name]) ? [] : negativeErrors(object[name], path.child(name))))
}

/** Checks a number or a percentage, as `3` or `"25%"`. */
export function intOrPercentErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  if (typeof value === 'string') return isValidPercent(value).map((message) => invalid(path, value, message))
  return negativeErrors(value, path)
}

/** Refuses more than all. */
export function over100Errors(value: unknown, path: FieldPath): readonly FieldError[] {
  const percent = percentOf(value)
  return percent !== undefined && percent > 100 ? [invalid(path, value, 'must not be greater than 100%')] : []
}

function percentOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || isValidPercent(value).length > 0) return undefined
  return Number(value.slice(0, -1))
}

/** The number, or the number before the percent sign; 0 for a text that is neither. */
export function amountOf(value: unknown): number {
  return percentOf(value) ?? (typeof value === 'string' ? intValue(value) : numberOf(value))
}
