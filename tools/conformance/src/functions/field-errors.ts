import { compareUtf8, type FieldError, formatFieldError, RenderedValue } from '@kube-bonsai/apimachinery'

/** Field errors as the protocol writes them: with their message, bad values as JSON, and without the mark of errors that declarative rules cover. */
export function fieldErrors(errors: readonly FieldError[]): readonly object[] {
  return errors.map((error) => ({
    ...Object.fromEntries(Object.entries(error).filter(([name]) => name !== 'covered')),
    badValue: error.type === 'FieldValueInvalid' && error.badValue === undefined ? {} : shownValue(error.badValue),
    message: formatFieldError(error),
  }))
}

/** A value that has a text of its own is what that text says: upstream's internal types have other names for their fields. */
function shownValue(value: unknown): unknown {
  if (!(value instanceof RenderedValue)) return value
  try {
    return JSON.parse(value.text)
  } catch {
    return value.value
  }
}

/** The same, ordered by message. */
export function sortedFieldErrors(errors: readonly FieldError[]): readonly object[] {
  return fieldErrors([...errors].sort((a, b) => compareUtf8(formatFieldError(a), formatFieldError(b))))
}
