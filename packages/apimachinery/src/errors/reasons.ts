/**
 * The machine-readable reasons of a failure, by upstream's names; the empty reason is upstream's "unknown".
 *
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go
 */
export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'StorageReadError'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable'

/** The HTTP status code of every reason. */
export const statusCodes: Readonly<Record<StatusReason, number>> = Object.freeze({
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Invalid: 422,
  ServerTimeout: 500,
  StorageReadError: 500,
  Timeout: 504,
  TooManyRequests: 429,
  BadRequest: 400,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  InternalError: 500,
  Expired: 410,
  ServiceUnavailable: 503,
})

/** Says whether a reason is one of upstream's; others are judged by their code. */
export function isKnownReason(reason: string): reason is StatusReason {
  return Object.hasOwn(statusCodes, reason)
}
