import type { Status, StatusDetails } from '../objects.ts'
import { isKnownReason, type StatusReason, statusCodes } from './reasons.ts'

/** The parts of a failure that differ; the rest of the Status follows. */
export interface Failure {
  readonly reason: StatusReason | ''
  readonly message: string
  /** The HTTP status code; that of the reason when absent. */
  readonly code?: number
  readonly details?: StatusDetails
}

/**
 * A failure of the API as an exception. Its `status` is the JSON that a server answers with.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly status: Status

  constructor(status: Status, options?: { readonly cause?: unknown }) {
    super(status.message ?? '', options)
    this.status = status
  }

  /** The machine-readable reason; empty when none is known. */
  get reason(): string {
    return this.status.reason ?? ''
  }

  /** The HTTP status code; 0 when none was told. */
  get code(): number {
    return this.status.code ?? 0
  }

  /** Makes an error of a failure's parts. */
  static of(failure: Failure): StatusError {
    return new StatusError(failureStatus(failure))
  }

  /**
   * Turns anything thrown into a StatusError: one of another copy of this package, a Status, an error that has one
   * among its causes; anything else becomes a 500 without reason, as the API server answers it.
   */
  static from(thrown: unknown): StatusError {
    if (thrown instanceof StatusError) return thrown
    const status = statusOf(thrown)
    if (status !== undefined) return new StatusError(status, { cause: thrown })
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new StatusError(failureStatus({ reason: '', code: 500, message }), { cause: thrown })
  }
}

/** Builds the Status of a failure, keys in the order in which a server writes them. */
export function failureStatus({ reason, message, code, details }: Failure): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...(message === '' ? {} : { message }),
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code: code ?? (isKnownReason(reason) ? statusCodes[reason] : 500),
  }
}

/**
 * Finds the Status of a failure: of a StatusError of any copy of this package, of a Status object, or of the causes
 * of an error.
 *
 * @returns undefined when there is none
 */
export function statusOf(value: unknown): Status | undefined {
  const seen = new Set<unknown>()
  for (let at = value; typeof at === 'object' && at !== null && !seen.has(at); at = own(at, 'cause')) {
    seen.add(at)
    if (isStatus(at)) return at
    const status = own(at, 'status')
    if (isStatus(status) && (at instanceof Error || own(at, 'name') === 'StatusError')) return status
  }
  return undefined
}

/** Says whether a value is a Status object. */
export function isStatus(value: unknown): value is Status {
  if (typeof value !== 'object' || value === null || own(value, 'kind') !== 'Status') return false
  const apiVersion = own(value, 'apiVersion')
  if (apiVersion !== 'v1' && apiVersion !== 'meta.k8s.io/v1') return false
  const details = own(value, 'details')
  return (
    optional(value, 'message', 'string') &&
    optional(value, 'reason', 'string') &&
    optional(value, 'code', 'number') &&
    (details === undefined || (typeof details === 'object' && details !== null))
  )
}

function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function optional(value: object, key: string, type: 'string' | 'number'): boolean {
  const field = own(value, key)
  return field === undefined || typeof field === type
}
