import { formatGroupResource, type GroupResource, isEmptyGroupResource } from '../meta/group-names.ts'
import type { StatusDetails } from '../objects.ts'
import { quote } from '../text/quote.ts'
import type { StatusReason } from './reasons.ts'
import { StatusError } from './status-error.ts'

/** An answer that is not a Status, with what was asked. */
export interface GenericResponse {
  readonly code: number
  /** The verb or HTTP method that was used. */
  readonly verb: string
  readonly resource: GroupResource
  readonly name: string
  /** The body, as text. */
  readonly serverMessage: string
  readonly retryAfterSeconds: number
  /** True when a body was there but was no Status: it becomes a cause. */
  readonly unexpected: boolean
}

interface Wording {
  readonly reason: StatusReason | ''
  readonly message: string
}

const wordings: ReadonlyMap<number, Wording> = new Map<number, Wording>([
  [400, { reason: 'BadRequest', message: 'the server rejected our request for an unknown reason' }],
  [401, { reason: 'Unauthorized', message: 'the server has asked for the client to provide credentials' }],
  [404, { reason: 'NotFound', message: 'the server could not find the requested resource' }],
  [405, { reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource' }],
  [422, { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' }],
  [
    429,
    {
      reason: 'TooManyRequests',
      message: 'the server has received too many requests and has asked us to try again later',
    },
  ],
  [503, { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' }],
  [
    504,
    {
      reason: 'Timeout',
      message:
        'the server was unable to return a response in the time allotted, but may still be processing the request',
    },
  ],
])

/** Makes an error of an answer whose body is not a Status: from another server, a proxy, a load balancer. */
export function newGenericServerResponse(response: GenericResponse): StatusError {
  const { reason, message } = wording(response)
  return StatusError.of({
    reason,
    code: response.code,
    message: message + asked(response),
    details: detailsOf(response),
  })
}

function wording({ code, verb, serverMessage }: GenericResponse): Wording {
  const known = wordings.get(code)
  if (known !== undefined) return known
  if (code === 403) return { reason: 'Forbidden', message: serverMessage }
  if (code === 415) return { reason: 'UnsupportedMediaType', message: serverMessage }
  if (code === 406) {
    const silent = serverMessage === '' || serverMessage === 'unknown'
    const message = 'the server was unable to respond with a content type that the client supports'
    return { reason: 'NotAcceptable', message: silent ? message : serverMessage }
  }
  if (code === 409) {
    return { reason: verb === 'POST' ? 'AlreadyExists' : 'Conflict', message: 'the server reported a conflict' }
  }
  if (code >= 500) {
    const message = `an error on the server (${quote(serverMessage)}) has prevented the request from succeeding`
    return { reason: 'InternalError', message }
  }
  return {
    reason: '',
    message: `the server responded with the status code ${code} but did not return more information`,
  }
}

function asked({ verb, resource, name }: GenericResponse): string {
  if (isEmptyGroupResource(resource)) return ''
  return ` (${verb.toLowerCase()} ${formatGroupResource(resource)}${name === '' ? '' : ` ${name}`})`
}

function detailsOf(response: GenericResponse): StatusDetails {
  const { resource, name, serverMessage, retryAfterSeconds, unexpected } = response
  const message = serverMessage === '' ? {} : { message: serverMessage }
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.resource === '' ? {} : { kind: resource.resource }),
    ...(unexpected ? { causes: [{ reason: 'UnexpectedServerResponse', ...message }] } : {}),
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  }
}
