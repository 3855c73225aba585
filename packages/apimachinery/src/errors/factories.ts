import { aggregateMessage, fieldErrorCauses, formatFieldError } from '../field/format.ts'
import type { FieldError } from '../field-error.ts'
import type { GroupKind, GroupResource } from '../meta/group-names.ts'
import { formatGroupKind, formatGroupResource, isEmptyGroupResource } from '../meta/group-names.ts'
import type { StatusCause, StatusDetails } from '../objects.ts'
import { quote } from '../text/quote.ts'
import { StatusError } from './status-error.ts'

/** A reason in words, or an error whose message is one. */
export type Reasoning = string | Error

/** 404: no such object. */
export function newNotFound(resource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(resource)} ${quote(name)} not found`
  return StatusError.of({ reason: 'NotFound', message, details: target(resource, name) })
}

/** 409: an object of that name exists. */
export function newAlreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(resource)} ${quote(name)} already exists`
  return StatusError.of({ reason: 'AlreadyExists', message, details: target(resource, name) })
}

/** 409: no free name was found for a generateName. */
export function newGenerateNameConflict(resource: GroupResource, name: string, retryAfterSeconds: number): StatusError {
  const message = `${formatGroupResource(resource)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`
  return StatusError.of({
    reason: 'AlreadyExists',
    message,
    details: { ...target(resource, name), ...retryAfter(retryAfterSeconds) },
  })
}

/** 401: who asks is not known. */
export function newUnauthorized(message: string): StatusError {
  return StatusError.of({ reason: 'Unauthorized', message: message === '' ? 'not authorized' : message })
}

/**
 * 403: who asks may not do this. The message leaves out what is empty: the name, or the resource too.
 */
export function newForbidden(resource: GroupResource, name: string, why: Reasoning): StatusError {
  const subject = isEmptyGroupResource(resource)
    ? 'forbidden'
    : `${formatGroupResource(resource)}${name === '' ? '' : ` ${quote(name)}`} is forbidden`
  return StatusError.of({ reason: 'Forbidden', message: `${subject}: ${text(why)}`, details: target(resource, name) })
}

/** 409: the object changed meanwhile, or a precondition failed. */
export function newConflict(resource: GroupResource, name: string, why: Reasoning): StatusError {
  const message = `Operation cannot be fulfilled on ${formatGroupResource(resource)} ${quote(name)}: ${text(why)}`
  return StatusError.of({ reason: 'Conflict', message, details: target(resource, name) })
}

/** 409: other managers own fields of an apply. */
export function newApplyConflict(causes: readonly StatusCause[], message: string): StatusError {
  return StatusError.of({ reason: 'Conflict', message, details: withCauses({}, causes) })
}

/** 410: gone for good. Upstream prefers `newResourceExpired`. */
export function newGone(message: string): StatusError {
  return StatusError.of({ reason: 'Gone', message })
}

/** 410: the resource version asked for is no longer kept. */
export function newResourceExpired(message: string): StatusError {
  return StatusError.of({ reason: 'Expired', message })
}

/**
 * 422: validation refused the object. One cause for each error, in order; the message names equal errors once.
 *
 * @param kind the kind, not the resource
 */
export function newInvalid(kind: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const all = aggregateMessage(errors.map(formatFieldError))
  const message = `${formatGroupKind(kind)} ${quote(name)} is invalid${all === '' ? '' : `: ${all}`}`
  const details = withCauses(target({ group: kind.group, resource: kind.kind }, name), fieldErrorCauses(errors))
  return StatusError.of({ reason: 'Invalid', message, details })
}

/** 400: the request cannot be understood. */
export function newBadRequest(message: string): StatusError {
  return StatusError.of({ reason: 'BadRequest', message })
}

/** 429: try again after some seconds. */
export function newTooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return StatusError.of({ reason: 'TooManyRequests', message, details: retryAfter(retryAfterSeconds) })
}

/** 429 without a word on when to come back. */
export function newTooManyRequestsError(message: string): StatusError {
  return StatusError.of({ reason: 'TooManyRequests', message: `Too many requests: ${message}` })
}

/** 503: the service behind is not there. */
export function newServiceUnavailable(message: string): StatusError {
  return StatusError.of({ reason: 'ServiceUnavailable', message })
}

/** 405: the resource has no such verb. */
export function newMethodNotSupported(resource: GroupResource, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${quote(formatGroupResource(resource))}`
  return StatusError.of({ reason: 'MethodNotAllowed', message, details: target(resource, '') })
}

/** 500: not now, try again. The name in the details is the operation. */
export function newServerTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): StatusError {
  const message = `The ${operation} operation against ${formatGroupResource(resource)} could not be completed at this time, please try again.`
  const details = { ...target(resource, operation), ...retryAfter(retryAfterSeconds) }
  return StatusError.of({ reason: 'ServerTimeout', message, details })
}

/** 500 as `newServerTimeout`, where only the kind is known. */
export function newServerTimeoutForKind(kind: GroupKind, operation: string, retryAfterSeconds: number): StatusError {
  return newServerTimeout({ group: kind.group, resource: kind.kind }, operation, retryAfterSeconds)
}

/** 500: the server failed. The one cause repeats what happened. */
export function newInternalError(why: Reasoning): StatusError {
  const message = text(why)
  const causes = [message === '' ? {} : { message }]
  return StatusError.of({
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes },
  })
}

/** 504: no answer in time; what was asked may still happen. */
export function newTimeoutError(message: string, retryAfterSeconds: number): StatusError {
  return StatusError.of({
    reason: 'Timeout',
    message: `Timeout: ${message}`,
    details: retryAfter(retryAfterSeconds),
  })
}

/** 413: the body is too large. */
export function newRequestEntityTooLarge(message: string): StatusError {
  return StatusError.of({ reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` })
}

/**
 * 504: a resource version of the future was asked for.
 *
 * @see staging/src/k8s.io/apiserver/pkg/storage/errors.go
 */
export function newTooLargeResourceVersion(
  requested: bigint | number | string,
  current: bigint | number | string,
  retryAfterSeconds: number,
): StatusError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  return StatusError.of({
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${requested}, current: ${current}`,
    details: { causes, ...retryAfter(retryAfterSeconds) },
  })
}

/**
 * 406: none of the media types that the client accepts can be written.
 *
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/errors.go
 */
export function newNotAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`
  return StatusError.of({ reason: 'NotAcceptable', message })
}

/** 406: the type asked for (a Table, say) cannot be written so. */
export function newNotAcceptableConversion(target: string, accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted when converting to ${target}: ${accepted.join(', ')}`
  return StatusError.of({ reason: 'NotAcceptable', message })
}

/** 415: the body's media type cannot be read. */
export function newUnsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return StatusError.of({ reason: 'UnsupportedMediaType', message })
}

function text(why: Reasoning): string {
  return typeof why === 'string' ? why : why.message
}

function target(resource: GroupResource, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.resource === '' ? {} : { kind: resource.resource }),
  }
}

function retryAfter(seconds: number): StatusDetails {
  return seconds === 0 ? {} : { retryAfterSeconds: seconds }
}

function withCauses(details: StatusDetails, causes: readonly StatusCause[]): StatusDetails {
  return causes.length === 0 ? details : { ...details, causes }
}
