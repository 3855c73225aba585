import { newBadRequest, newInternalError, quote, type Status, StatusError } from '@kube-bonsai/apimachinery'

/** A webhook could not be asked, or its answer is none; its failure policy decides what that means. */
export class CallFailure extends Error {
  readonly webhook: string

  constructor(webhook: string, reason: string) {
    super(`failed calling webhook ${quote(webhook)}: ${reason}`)
    this.name = 'CallFailure'
    this.webhook = webhook
  }
}

/** What clients get to hear of a failure that may not be ignored. */
export function refusalOf(failure: CallFailure): StatusError {
  return newInternalError(failure.message)
}

/** What clients get to hear of a webhook that says no. @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go */
export function denial(webhook: string, result: Partial<Status> | undefined): StatusError {
  const denied = `admission webhook ${quote(webhook)} denied the request`
  const why = result?.message || result?.reason
  const status: Status = {
    ...result,
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    code: Math.max(result?.code ?? 0, 400),
  }
  return new StatusError(status)
}

/** The 400 for a dry run that would have effects. */
export function dryRunUnsupported(webhook: string): StatusError {
  return newBadRequest(`admission webhook ${quote(webhook)} does not support dry run`)
}
