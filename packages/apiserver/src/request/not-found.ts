import { type ApiResponse, StatusError } from '@kube-bonsai/apimachinery'
import { text } from '../discovery/page.ts'

/** What the real server says of resources that a group and version does not have. */
export function pathNotFound(): StatusError {
  return StatusError.of({
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })
}

/** What it says of a method that a path does not have. */
export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return StatusError.of({ reason: 'MethodNotAllowed', message, details: {} })
}

/** What it says of everything that no part of it serves: plain text. */
export function pageNotFound(): ApiResponse {
  return text('404 page not found\n', undefined, { 'x-content-type-options': 'nosniff' }, 404)
}
