import type { StatusCause } from '../objects.ts'
import { isKnownReason, type StatusReason, statusCodes } from './reasons.ts'
import { statusOf } from './status-error.ts'

/** Reads the reason of a failure; empty when there is none. Works on anything, as every guard here does. */
export function reasonForError(error: unknown): string {
  return statusOf(error)?.reason ?? ''
}

/** A reason decides; the code only where the reason is not one of upstream's. */
function has(error: unknown, reason: StatusReason): boolean {
  const status = statusOf(error)
  if (status === undefined) return false
  const told = status.reason ?? ''
  return told === reason || (!isKnownReason(told) && status.code === statusCodes[reason])
}

/** The reason alone decides, whatever the code. */
function hasReason(error: unknown, reason: StatusReason): boolean {
  return reasonForError(error) === reason
}

/** The reason or the code, whichever fits. */
function hasEither(error: unknown, reason: StatusReason): boolean {
  const status = statusOf(error)
  return status !== undefined && (status.reason === reason || status.code === statusCodes[reason])
}

/** Says whether the object asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return has(error, 'NotFound')
}

/** Says whether an object of that name exists already. */
export function isAlreadyExists(error: unknown): boolean {
  return hasReason(error, 'AlreadyExists')
}

/** Says whether an update lost a race or a precondition failed. */
export function isConflict(error: unknown): boolean {
  return has(error, 'Conflict')
}

/** Says whether validation refused the object. */
export function isInvalid(error: unknown): boolean {
  return has(error, 'Invalid')
}

/** Says whether what was asked for is gone. */
export function isGone(error: unknown): boolean {
  return has(error, 'Gone')
}

/** Says whether a resource version or a continue token is too old. */
export function isResourceExpired(error: unknown): boolean {
  return hasReason(error, 'Expired')
}

/** Says whether the server cannot write what the client accepts. */
export function isNotAcceptable(error: unknown): boolean {
  return has(error, 'NotAcceptable')
}

/** Says whether the server cannot read what the client sent. */
export function isUnsupportedMediaType(error: unknown): boolean {
  return has(error, 'UnsupportedMediaType')
}

/** Says whether the resource has no such verb. */
export function isMethodNotSupported(error: unknown): boolean {
  return has(error, 'MethodNotAllowed')
}

/** Says whether the service is unavailable. */
export function isServiceUnavailable(error: unknown): boolean {
  return has(error, 'ServiceUnavailable')
}

/** Says whether the request was malformed. */
export function isBadRequest(error: unknown): boolean {
  return has(error, 'BadRequest')
}

/** Says whether credentials are missing or bad. */
export function isUnauthorized(error: unknown): boolean {
  return has(error, 'Unauthorized')
}

/** Says whether the request was not allowed. */
export function isForbidden(error: unknown): boolean {
  return has(error, 'Forbidden')
}

/** Says whether no answer came in time. */
export function isTimeout(error: unknown): boolean {
  return has(error, 'Timeout')
}

/** Says whether the server asks to try again; never judged by the code. */
export function isServerTimeout(error: unknown): boolean {
  return hasReason(error, 'ServerTimeout')
}

/** Says whether the server failed. */
export function isInternalError(error: unknown): boolean {
  return has(error, 'InternalError')
}

/** Says whether the client is to slow down. */
export function isTooManyRequests(error: unknown): boolean {
  return hasEither(error, 'TooManyRequests')
}

/** Says whether the body was too large. */
export function isRequestEntityTooLarge(error: unknown): boolean {
  return hasEither(error, 'RequestEntityTooLarge')
}

/** Says whether the stored bytes could not be read. */
export function isStoreReadError(error: unknown): boolean {
  return hasReason(error, 'StorageReadError')
}

/** Says whether the answer was not the API's at all. */
export function isUnexpectedServerError(error: unknown): boolean {
  return statusCause(error, 'UnexpectedServerResponse') !== undefined
}

/** Says whether a resource version of the future was asked for. */
export function isTooLargeResourceVersion(error: unknown): boolean {
  return isTimeout(error) && statusCause(error, 'ResourceVersionTooLarge') !== undefined
}

/** Finds the first cause of that reason. */
export function statusCause(error: unknown, reason: string): StatusCause | undefined {
  const causes = statusOf(error)?.details?.causes
  return Array.isArray(causes) ? causes.find((cause: StatusCause) => cause.reason === reason) : undefined
}

/**
 * Reads how long to wait before the next try.
 *
 * @returns seconds, 0 for "at once", or undefined when the failure says nothing of it
 */
export function suggestsClientDelay(error: unknown): number | undefined {
  const status = statusOf(error)
  if (status?.details === undefined) return undefined
  const seconds = status.details.retryAfterSeconds ?? 0
  return status.reason === 'ServerTimeout' || seconds > 0 ? seconds : undefined
}
