import { compareUtf8, type FieldError, formatFieldError, RenderedValue } from '@kube-bonsai/apimachinery'

/** Field errors as the protocol writes them: with their message, and bad values as JSON. */
export function fieldErrors(errors: readonly FieldError[]): readonly object[] {
  return errors.map(({ covered: _, ...error }) => ({
    ...error,
    badValue: error.badValue instanceof RenderedValue ? error.badValue.value : error.badValue,
    message: formatFieldError(error),
  }))
}

/** The same, ordered by message. */
export function sortedFieldErrors(errors: readonly FieldError[]): readonly object[] {
  return fieldErrors([...errors].sort((a, b) => compareUtf8(formatFieldError(a), formatFieldError(b))))
}
