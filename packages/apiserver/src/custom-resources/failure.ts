import { StatusError } from '@kube-bonsai/apimachinery'

/** The 500 that upstream makes of an error without a status of its own. */
export function plainFailure(message: string): StatusError {
  return StatusError.of({ reason: '', code: 500, message })
}
