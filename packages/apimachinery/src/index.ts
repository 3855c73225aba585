export {
  findCondition,
  isConditionFalse,
  isConditionTrue,
  removeCondition,
  setCondition,
} from './conditions/conditions.ts'
export { validateCondition, validateConditions } from './conditions/validation.ts'
export { deepEqual } from './equality/deep-equal.ts'
export { semanticEqual } from './equality/semantic-equal.ts'
export { builtInSemanticRules, type SemanticRules } from './equality/semantic-rules.ts'
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
  decodeIntOrString,
  type IntOrString,
  IntOrStringError,
  intValue,
  legacyScaledValue,
  parseIntOrString,
  scaledValue,
} from './intstr/int-or-string.ts'
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
  formatApiVersion,
  kindOfObject,
  parseApiVersion,
  type ResourcePath,
  resourcePath,
} from './meta/api-version.ts'
export { fieldManagerMaxLength, validateFieldManager } from './meta/field-manager.ts'
export {
  formatGroupKind,
  formatGroupResource,
  type GroupKind,
  type GroupResource,
  isEmptyGroupResource,
} from './meta/group-names.ts'
export { metaKey, type NamespacedName, splitKey } from './meta/object-key.ts'
export {
  fieldImmutableMessage,
  type ObjectMetaOptions,
  totalAnnotationSizeLimit,
  validateAnnotations,
  validateFinalizerName,
  validateFinalizers,
  validateImmutableField,
  validateManagedFields,
  validateNoNewFinalizers,
  validateNonnegativeField,
  validateObjectMeta,
  validateObjectMetaUpdate,
  validateOwnerReferences,
} from './meta/object-meta.ts'
export { controllerOf, isControlledBy, newControllerRef, type Owned } from './meta/owners.ts'
export {
  type DeleteOptionsLike,
  validateDeleteOptions,
  validatePatchOptions,
  validateWriteOptions,
  type WriteOptions,
} from './meta/request-options.ts'
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
  isDomainPrefixedKey,
  isDomainPrefixedPath,
  isFullyQualifiedDomainName,
  isFullyQualifiedName,
} from './names/domains.ts'
export {
  isCIdentifier,
  isConfigMapKey,
  isEnvVarName,
  isHTTPHeaderName,
  isInRange,
  isRelaxedEnvVarName,
  isValidGroupID,
  isValidPercent,
  isValidPortName,
  isValidPortNum,
  isValidUserID,
} from './names/formats.ts'
export { generatedNameSuffixLength, generateName, maxGeneratedNameBase } from './names/generate-name.ts'
export {
  emptyMessage,
  inclusiveRangeMessage,
  maxBytesMessage,
  maxLengthMessage,
  negativeMessage,
  regexMessage,
} from './names/messages.ts'
export {
  isValidPathSegmentName,
  isValidPathSegmentPrefix,
  nameIsDNS1035Label,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  nameIsPathSegment,
  type ValidateName,
} from './names/object-names.ts'
export { isQualifiedName, isValidLabelValue, labelMaxLength } from './names/qualified-name.ts'
export { type CIDR, cidrContains, formatCIDR, formatInterfaceAddress, parseCIDRSloppy } from './net/cidr.ts'
export { formatIP, type IPAddress, isIPv4, isIPv4Mapped, parseIP, parseIPSloppy } from './net/ip-address.ts'
export {
  getWarningsForCIDR,
  getWarningsForIP,
  isValidCIDR,
  isValidCIDRForLegacyField,
  isValidInterfaceAddress,
  isValidIP,
  isValidIPForLegacyField,
  type LegacyFieldOptions,
} from './net/validation.ts'
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
export { jsonSyntaxError } from './text/json-syntax.ts'
export { isPrintable, quote } from './text/quote.ts'
export { sha256 } from './text/sha256.ts'
export { compareUtf8, utf8Length } from './text/utf8.ts'
export { type Duration, DurationFormatError, formatDuration, parseDuration } from './time/duration.ts'
export { humanDuration, shortHumanDuration } from './time/human-duration.ts'
export {
  formatMicroTime,
  formatTime,
  formatTimeNano,
  type Instant,
  instantOfMillis,
  isZeroTime,
  millisOfInstant,
  parseMicroTime,
  parseTime,
  TimeFormatError,
  zeroTime,
} from './time/instant.ts'
export type {
  ApiRequest,
  ApiResponse,
  CancelSignal,
  PortRequest,
  PortResponse,
  PortsConnection,
  ProcessConnection,
  ProcessOutput,
  Transport,
} from './transport.ts'
