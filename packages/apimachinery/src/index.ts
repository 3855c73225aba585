export {
  newAlreadyExists,
  newApplyConflict,
  newBadRequest,
  newConflict,
  newForbidden,
  newGenerateNameConflict,
  newGone,
  newInternalError,
  newInvalid,
  newMethodNotSupported,
  newNotAcceptable,
  newNotAcceptableConversion,
  newNotFound,
  newRequestEntityTooLarge,
  newResourceExpired,
  newServerTimeout,
  newServerTimeoutForKind,
  newServiceUnavailable,
  newTimeoutError,
  newTooLargeResourceVersion,
  newTooManyRequests,
  newTooManyRequestsError,
  newUnauthorized,
  newUnsupportedMediaType,
  type Reasoning,
} from './errors/factories.ts'
export { type GenericResponse, newGenericServerResponse } from './errors/generic-response.ts'
export {
  isAlreadyExists,
  isBadRequest,
  isConflict,
  isForbidden,
  isGone,
  isInternalError,
  isInvalid,
  isMethodNotSupported,
  isNotAcceptable,
  isNotFound,
  isRequestEntityTooLarge,
  isResourceExpired,
  isServerTimeout,
  isServiceUnavailable,
  isStoreReadError,
  isTimeout,
  isTooLargeResourceVersion,
  isTooManyRequests,
  isUnauthorized,
  isUnexpectedServerError,
  isUnsupportedMediaType,
  reasonForError,
  statusCause,
  suggestsClientDelay,
} from './errors/guards.ts'
export { isKnownReason, type StatusReason, statusCodes } from './errors/reasons.ts'
export { type Failure, failureStatus, isStatus, StatusError, statusOf } from './errors/status-error.ts'
export {
  duplicate,
  forbidden,
  internalFieldError,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
  withOrigin,
} from './field/errors.ts'
export {
  aggregateMessage,
  fieldErrorCauses,
  formatFieldError,
  formatFieldErrorBody,
  formatFieldErrors,
} from './field/format.ts'
export { FieldPath, type FieldPathLike } from './field/path.ts'
export { RenderedValue, structListValue, structValue } from './field/rendered-value.ts'
export type { FieldError, FieldErrorType } from './field-error.ts'
export { escapeFieldValue, unescapeFieldValue } from './fields/escape.ts'
export {
  type FieldRequirement,
  FieldSelector,
  type FieldSet,
  fieldSelectorFor,
  parseFieldSelector,
} from './fields/field-selector.ts'
export { FieldSelectorError } from './fields/field-selector-error.ts'
export {
  formatLabelSelector,
  type LabelSelector,
  type LabelSelectorRequirement,
  labelSelectorAsMap,
  labelSelectorAsSelector,
  parseToLabelSelector,
} from './labels/label-selector.ts'
export { type ParseSelectorOptions, parseRequirements, parseSelector } from './labels/parse.ts'
export {
  formatRequirement,
  type LabelSet,
  newRequirement,
  type Requirement,
  type SelectorOperator,
} from './labels/requirement.ts'
export { Selector, selectorFromSet } from './labels/selector.ts'
export { SelectorError } from './labels/selector-error.ts'
export {
  type LabelSelectorValidationOptions,
  labelSelectorHasInvalidLabelValue,
  validateLabelName,
  validateLabelSelector,
  validateLabels,
} from './labels/validation.ts'
export {
  formatGroupKind,
  formatGroupResource,
  type GroupKind,
  type GroupResource,
  isEmptyGroupResource,
} from './meta/group-names.ts'
export {
  dnsLabelMaxLength,
  dnsSubdomainMaxLength,
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
  isWildcardDNS1123Subdomain,
} from './names/dns.ts'
export {
  emptyMessage,
  inclusiveRangeMessage,
  maxBytesMessage,
  maxLengthMessage,
  negativeMessage,
  regexMessage,
} from './names/messages.ts'
export { isQualifiedName, isValidLabelValue, labelMaxLength } from './names/qualified-name.ts'
export type {
  Condition,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
  JsonObject,
  JsonValue,
  KubeObject,
  ListMeta,
  ManagedFieldsEntry,
  ObjectList,
  ObjectMeta,
  OwnerReference,
  Status,
  StatusCause,
  StatusDetails,
  Stored,
  Unstructured,
  WatchEvent,
} from './objects.ts'
export { compactJson, jsonString } from './text/compact-json.ts'
export { parseInt64 } from './text/int64.ts'
export { quote } from './text/quote.ts'
export { compareUtf8, utf8Length } from './text/utf8.ts'
export type { ApiRequest, ApiResponse, CancelSignal, Transport } from './transport.ts'
