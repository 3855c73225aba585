import { type ApiResponse, StatusError, statusOf } from '@kube-bonsai/apimachinery'
import { text } from '../discovery/page.ts'
import { UnfinishedPath } from './request-info.ts'

/** What a client gets to hear of a failure: the Status that was thrown, or a plain 500. */
export function refusal(error: unknown): ApiResponse {
  if (error instanceof UnfinishedPath)
    return text(`${error.message}\n`, undefined, { 'x-content-type-options': 'nosniff' }, 500)
  const status = statusOf(error) ?? StatusError.from(error).status
  const seconds = status.details?.retryAfterSeconds
  const headers: Record<string, string> = seconds ? { 'retry-after': String(seconds) } : {}
  return { status: status.code ?? 500, headers, body: status }
}
