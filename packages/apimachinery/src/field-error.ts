/** Why a field is refused; the values are upstream's `field.ErrorType`. @see staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

/** One refusal of one field: data, not an exception. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Upstream's spelling of the path: `spec.containers[0].image`, `metadata.labels[a/b]`. */
  readonly field: string
  /** The refused value. Absent where upstream omits it; a `RenderedValue` where its text is not its plain JSON. */
  readonly badValue?: unknown
  readonly detail: string
  /** Which rule refused, in upstream's words: `format=k8s-label-key`. Never part of a message. */
  readonly origin?: string
}
