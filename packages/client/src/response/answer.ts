import {
  type ApiResponse,
  type GroupVersionResource,
  isStatus,
  newGenericServerResponse,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { isObject } from '../request/metadata-of.ts'

/** What was asked, for the words of a failure. */
export interface Asked {
  readonly verb: string
  readonly resource: GroupVersionResource
  readonly name: string
}

/** Throws the StatusError that an answer stands for, when it is a failure. */
export function throwFailure(response: ApiResponse, asked: Asked): void {
  if (response.status >= 200 && response.status < 300) return
  const { body } = response
  if (isStatus(body)) throw new StatusError(body.code === undefined ? { ...body, code: response.status } : body)
  throw newGenericServerResponse({
    code: response.status,
    verb: asked.verb,
    resource: asked.resource,
    name: asked.name,
    serverMessage: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    retryAfterSeconds: retryAfter(response.headers['retry-after']),
    unexpected: true,
  })
}

/** The object that an answer carries. Throws a StatusError for a failure, and for an answer that is no object. */
export function objectOf(response: ApiResponse, asked: Asked): Readonly<Record<string, unknown>> {
  throwFailure(response, asked)
  const { body } = response
  if (isObject(body)) return body
  const what = body === undefined ? 'nothing' : typeof body
  throw StatusError.of({
    reason: 'InternalError',
    message: `the server answered ${asked.verb} ${asked.resource.resource} with ${what} where an object was expected`,
  })
}

function retryAfter(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : 0
}
