import { compareUtf8, type FieldError, formatFieldError, RenderedValue } from '@kube-bonsai/apimachinery'

/** Field errors as the protocol writes them: with their message, bad values as JSON, and without the mark of errors that declarative rules cover. */
export function fieldErrors(errors: readonly FieldError[]): readonly object[] {
  return errors.map((error) => ({
    ...Object.fromEntries(Object.entries(error).filter(([name]) => name !== 'covered')),
    badValue: error.badValue instanceof RenderedValue ? error.badValue.value : error.badValue,
    message: formatFieldError(error),
  }))
}

/** The same, ordered by message. */
export function sortedFieldErrors(errors: readonly FieldError[]): readonly object[] {
  return fieldErrors([...errors].sort((a, b) => compareUtf8(formatFieldError(a), formatFieldError(b))))
}
